import type { Message, Part } from '../../conversation/index.js'
import { asObject, type Json, objectOf } from '../../model-api/json.js'
import type { Tool } from '../../parts/tool.js'
import type { EvidencePlace } from '../cause.js'
import { commandIn } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'

/** What a tool gave back to its model, as the first request that has it says. */
export type ToolResult = {
  callId?: string
  name: string
  /** As the model gave them. */
  arguments: string
  /** Its beginning. */
  output: string
  /** UTF-8 bytes or so of all of it. */
  length: number
  /** Whether it went wrong; absent where nobody tells. */
  isFailed?: boolean
  /** The request that has it first. */
  exchange: number
  place: EvidencePlace
  threadId?: string
  turnId?: string
  /** The span, where the agent told of its run. */
  tool?: Tool
}

/** Enough to tell what a tool says of itself, and whether it said the same before. */
const OUTPUT_CHARACTERS = 4_000

/** What tools gave back, in the order in which models were told. */
export function toolResults(session: SessionCase): ToolResult[] {
  const spans = new Map(session.parts.tools.map((tool) => [tool.callId ?? '', tool]))
  const calls = new Map<string, ToolCall>()
  for (const [callId, { name, input }] of session.called)
    calls.set(callId, { name, arguments: input })
  const turns = new Map(session.calls.map(({ number, turnId }) => [number, turnId]))
  const results: ToolResult[] = []
  const known = new Set<string>()
  for (const { exchange, place, threadId, added, dropped } of session.steps) {
    const turnId = turns.get(exchange)
    const unnamed: ToolCall[] = []
    for (const message of added) {
      for (const part of message.parts) {
        if (part.type === 'tool_call') {
          if (part.id === undefined) unnamed.push(part)
          else calls.set(part.id, part)
        }
        if (part.type !== 'tool_call_response') continue
        // Of a history that was written anew, what was in it before is no news.
        const key = `${threadId} ${part.id}`
        const isTold = part.id !== undefined && dropped.length > 0 && known.has(key)
        known.add(key)
        if (isTold) continue
        const call = part.id === undefined ? nextOf(unnamed, part.name) : calls.get(part.id)
        const tool = part.id === undefined ? undefined : spans.get(part.id)
        const { text, isError } = unwrapped(textOf(part.parts))
        const name = part.name ?? call?.name ?? tool?.name ?? 'tool'
        const isFailed = failed(message, {
          ...{ id: part.id, name, text, tool, isError },
          arguments: call?.arguments ?? '',
        })
        results.push({
          name,
          arguments: call?.arguments ?? '',
          output: text.slice(0, OUTPUT_CHARACTERS),
          length: text.length,
          exchange,
          place,
          ...(part.id !== undefined && { callId: part.id }),
          ...(isFailed !== undefined && { isFailed }),
          ...(threadId !== undefined && { threadId }),
          ...(turnId !== undefined && { turnId }),
          ...(tool !== undefined && { tool }),
        })
      }
    }
  }
  return results
}

type ToolCall = { name: string; arguments: string }

// Calls of Gemini have no ids: its answers to them come in their order.
function nextOf(calls: ToolCall[], name: string | undefined): ToolCall | undefined {
  const at = calls.findIndex((call) => name === undefined || call.name === name)
  return at < 0 ? undefined : calls.splice(at, 1)[0]
}

/** Members of a JSON result that are what the tool said, and those that say what went wrong. */
const SAID_IN = ['output', 'result', 'content', 'stdout']
const WRONG_IN = ['message', 'reason', 'stderr', ...SAID_IN]

// Gemini gives a result as an object, and so do tools of others.
function unwrapped(text: string): { text: string; isError?: boolean } {
  const json = text.startsWith('{') ? objectOf(text) : undefined
  if (json === undefined) return { text }
  const { error } = json
  const isError = typeof error === 'string' ? error !== '' : asObject(error) !== undefined
  if (isError) return { text: typeof error === 'string' ? error : JSON.stringify(error), isError }
  const textIn = (names: readonly string[]) =>
    names.map((name) => json[name]).find((value) => typeof value === 'string' && value !== '')
  if (saysItFailed(json)) {
    const wrong = textIn(WRONG_IN)
    return { text: typeof wrong === 'string' ? wrong : text, isError: true }
  }
  const said = textIn(SAID_IN)
  // What tells how it went beside that is read from the whole.
  if (typeof said !== 'string' || asObject(json.metadata) !== undefined) return { text }
  return { text: said }
}

// MCP has `isError`; others `"success": false`, `"status": "error"`, or the exit code of a command.
function saysItFailed(json: Json): boolean {
  if (json.isError === true || json.is_error === true) return true
  if (json.success === false || json.ok === false) return true
  if (/^(?:error|failed|failure)$/i.test(String(json.status ?? json.type ?? ''))) return true
  const code = EXIT_CODES_IN.map((name) => json[name]).find((value) => typeof value === 'number')
  return code !== undefined && code !== 0
}

const EXIT_CODES_IN = ['exit_code', 'exitCode', 'returncode', 'return_code', 'exit_status']

function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      part.type === 'text' ? part.text : part.type === 'other' ? JSON.stringify(part.value) : '',
    )
    .join('\n')
}

type Told = {
  id: string | undefined
  name: string
  arguments: string
  text: string
  tool: Tool | undefined
  isError: boolean | undefined
}

// The agent's own word for it first; then the API's mark; then what the output says of its exit code.
function failed(message: Message, told: Told): boolean | undefined {
  const { id, text, tool, isError } = told
  if (tool?.outcome === 'failed') return true
  const mark = errorMark(message, id) ?? isError
  if (mark !== undefined) return mark
  const exitCode = exitCodeIn(text) ?? tool?.exitCode
  if (exitCode !== undefined) return exitCode !== 0
  if (tool?.outcome === 'completed') return false
  if (!isReader(told) && DID_NOT_WORK.test(text.slice(0, OUTPUT_CHARACTERS))) return true
  if (
    !LIKE_AN_ERROR.test(text.slice(0, text.indexOf('\n') < 0 ? OWN_CHARACTERS : text.indexOf('\n')))
  )
    return undefined
  // A file of errors begins as one does, and goes on.
  return isReader(told) && /\n/.test(text.trim()) ? undefined : true
}

// How a tool says it that has no other way, in the languages that systems speak. A file that is read
// can begin so, too: rules take no one result for a failure by this.
const LIKE_AN_ERROR = new RegExp(
  [
    String.raw`^(?:<(?:tool_use_)?error>|npm (?:ERR!|error) |E[A-Z]{4,}: |❌|✗|✘|HTTP(?:/\S+)? [45]\d\d\b)`,
    String.raw`^(?:(?:The )?(?:tool|command|execution|exec)(?: execution| call| \d+)? )?(?:failed|error|fatal|exception|traceback)\b[ :!(]`,
    '^(?:Fehler|Erreur|Errore|Ошибка) ?:|^(?:错误|錯誤|エラー|오류) ?[:：]',
    String.raw`^.{0,120}(?:\b(?:error|fatal)(?:\[\w+\]| \w*\d+)?: |\b[A-Z]\w*(?:Error|Exception): |: (?:command not found|not found|No such file or directory|Permission denied)\b|\bError \d+$)`,
  ].join('|'),
  'im',
)

// An edit that finds nothing to change, a tool that cannot be reached, tests and builds that fail. For
// who searches, what is not there is an answer.
const DID_NOT_WORK = new RegExp(
  [
    String.raw`^.{0,80}\b(?:failed to|could not|couldn't|cannot|can't|unable to|did not|does not|doesn't) (?:find|match|apply|locate|edit|patch|connect|reach|be applied)\b`,
    String.raw`^(?:The )?(?:request|fetch|sub-?agent|agent|task) failed\b`,
    String.raw`(?:^|\n)(?:--- FAIL: |FAIL\b|BUILD FAILED|test result: FAILED|error: could not compile)`,
    String.raw`(?:^|\n)(?:=+ |Tests:? .{0,20}|\s*)[1-9]\d* (?:failed|failing)\b`,
  ].join('|'),
  'i',
)

/** What was called, for a sentence: its command, where it has one. */
export function calledWords({ tool, name, arguments: given }: ToolResult): string {
  return tool?.command ?? commandIn(given) ?? name
}

/** Tools and commands that hand on what stands elsewhere: what that says is not said of them. */
const READERS = /read|view|grep|search|glob|list|^(?:cat|ls|open)$/i
const READING = /^(?:\S*\/)?(?:cat|head|tail|less|more|e?grep|rg|sed|awk|jq|echo|printf|find|ls)\b/

export function isReader({
  name,
  arguments: given,
}: Pick<ToolResult, 'name' | 'arguments'>): boolean {
  return READERS.test(name) || READING.test(scriptOf(commandIn(given) ?? ''))
}

/** The line that a shell is given: agents run it as `bash -lc 'grep …'`. */
export function scriptOf(command: string): string {
  const script = /^(?:\S*\/)?(?:ba|z|da)?sh -\w*c\s+(['"]?)([\s\S]*)\1$/.exec(command.trim())?.[2]
  return (script ?? command).trim()
}

/** A longer text tells of something else than the call. */
const OWN_CHARACTERS = 300

/**
 * What a tool says of its own call. Where nobody tells that it failed, that is all that it says, in one
 * line, and not what it has read; else its beginning.
 */
export function ownWords(result: ToolResult): string {
  const { isFailed, length } = result
  const said = saidBy(result).trim()
  if (isFailed === true) return said.slice(0, OWN_CHARACTERS)
  if (isFailed === false || isReader(result) || length > OWN_CHARACTERS) return ''
  return said.includes('\n') ? '' : said
}

// Messages: `is_error` of a `tool_result`. MCP has the same mark as `isError`.
function errorMark({ value }: Message, id: string | undefined): boolean | undefined {
  const content = asObject(value)?.content
  const blocks = Array.isArray(content) ? content : [value]
  for (const block of blocks) {
    const one = asObject(block)
    if (one?.tool_use_id !== undefined && one.tool_use_id !== id) continue
    if (typeof one?.is_error === 'boolean') return one.is_error
  }
  return undefined
}

// How Codex, Claude Code, Gemini CLI and others say it in the first lines of what they give back, or in
// the last one.
const EXIT_CODE =
  /^[<([]?(?:Process exited with code|Exit code:?|Command (?:failed|exited) with (?:exit )?code:?|exit code:?|exit status|return ?code>?:?)\s*(-?\d+)/im
const EXIT_CODE_LAST =
  /(?:^|\n|\bcommand |\bprocess |\bfailed with )[<([]?(?:exit(?:ed with)? (?:code|status):?|returned (?:a )?non-zero exit (?:code|status):?)\s*(-?\d+)[.)\]]?\s*$/i

/** The exit code that an output tells. */
export function exitCodeIn(text: string): number | undefined {
  const code = EXIT_CODE.exec(text.slice(0, 600))?.[1] ?? EXIT_CODE_LAST.exec(text.slice(-100))?.[1]
  if (code !== undefined) return Number(code)
  const metadata = asObject(asObject(objectOf(text.slice(0, OUTPUT_CHARACTERS)))?.metadata)
  return typeof metadata?.exit_code === 'number' ? metadata.exit_code : undefined
}

/** What a tool said, behind the lines in which Codex tells how it went. */
export function saidBy({ output }: Pick<ToolResult, 'output'>): string {
  const at = output.indexOf(SAID)
  return at < 0 ? output : output.slice(at + SAID.length)
}

const SAID = '\nOutput:\n'
