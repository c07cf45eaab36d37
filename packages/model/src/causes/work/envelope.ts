import { asObject, type Json, objectOf } from '../../model-api/json.js'

/** The members of a JSON result with the tool's output, and those that say what went wrong. */
const SAID_IN = ['output', 'result', 'content', 'stdout', 'value']
const WRONG_IN = ['message', 'reason', 'stderr', ...SAID_IN]
const EXIT_CODES_IN = [
  'exit_code',
  'exitCode',
  'returncode',
  'return_code',
  'exit_status',
  'exitStatus',
]
/** The other members of an object about the call itself, rather than about what was asked for. */
const BESIDE = /^(?:status|type|code|ok|success|is_?error|error|details?|duration\w*|metadata)$/i

/**
 * Returns a tool's output without the JSON objects around it, and whether those say that it failed.
 */
export function opened(text: string): { text: string; isError?: boolean } {
  const json = text.startsWith('{') ? objectOf(text) : undefined
  if (json === undefined) return { text }
  const { error } = json
  if (typeof error === 'string' && error !== '') return { text: error, isError: true }
  if (asObject(error) !== undefined) return { text: JSON.stringify(error), isError: true }
  if (json.timedOut === true || json.timed_out === true) {
    return { text: `timed out: ${textIn(json, WRONG_IN) ?? ''}`, isError: true }
  }
  if (saysItFailed(json)) return { text: textIn(json, WRONG_IN) ?? text, isError: true }
  if (DENIED.test(kindOf(json))) {
    return { text: `${kindOf(json)}: ${textIn(json, WRONG_IN) ?? ''}`, isError: true }
  }
  // The whole text is needed to see how it went.
  if (asObject(json.metadata) !== undefined) return { text }
  const said = textIn(json, SAID_IN)
  return said === undefined ? { text } : opened(said)
}

// The AI SDK: `error-text`, `error-json`, and `execution-denied`.
const WENT_WRONG = /^(?:error|failed|failure)(?:[-_]\w+)?$/i
const DENIED = /^execution-denied$/

// MCP uses `isError`; others `"success": false`, `"status": "error"`, or a command's exit code.
function saysItFailed(json: Json): boolean {
  if (json.isError === true || json.is_error === true) return true
  if (json.success === false || json.ok === false) return true
  // GraphQL returns the errors, with null for the data.
  if (Array.isArray(json.errors) && json.errors.length > 0 && json.data === null) return true
  if (WENT_WRONG.test(kindOf(json)) && isAboutCall(json)) return true
  const code = EXIT_CODES_IN.map((name) => json[name]).find((value) => typeof value === 'number')
  return code !== undefined && code !== 0
}

function kindOf(json: Json): string {
  return String(json.status ?? json.type ?? '')
}

// A query for the state of a build may return a failed one, with its number and much else.
function isAboutCall(json: Json): boolean {
  return Object.keys(json).every((name) => BESIDE.test(name) || WRONG_IN.includes(name))
}

function textIn(json: Json, names: readonly string[]): string | undefined {
  return names.map((name) => textOf(json[name])).find((text) => text !== '')
}

// MCP gives a list of parts.
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return ''
  const texts = value.map((part) => asObject(part)?.text)
  return texts.filter((text) => typeof text === 'string').join('\n')
}
