import { objectOf } from '../../model-api/json.js'
import { both } from '../both.js'
import type { Cause } from '../cause.js'
import { commandIn } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { countWords, shortText } from '../words.js'
import { isReader, ownWords, type ToolResult } from './tool-results.js'

// What agents tell their models of a call that they cannot run.
const BEFORE = String.raw`^(?:<tool_use_error>)?\s*(?:error:\s*|MCP error -?\d+:\s*)*`
const NAME = String.raw`["'${'`'}]?[\w.:/-]+["'${'`'}]?`
const UNKNOWN = new RegExp(
  `${BEFORE}(?:unsupported (?:custom tool )?call\\b|unknown[_ ](?:tool|function)\\b|(?:there is )?no such tool\\b|` +
    `(?:tool|function|method) ${NAME} (?:is |was )?(?:not (?:found|available|registered|defined)|does not exist|unknown)|` +
    `${NAME} is not a (?:valid|known|registered) (?:tool|function)\\b|tool[_ ]not[_ ]found\\b|` +
    `model tried to call unavailable tool|.{0,40}\\bunrecognized tool\\b|(?:there is )?no (?:tool|function) (?:named|called)\\b)`,
  'i',
)
const BAD = new RegExp(
  `${BEFORE}(?:failed to parse (?:tool )?(?:call )?(?:function )?arguments|` +
    `invalid (?:tool |function )?(?:arguments|input|params|parameters|json)\\b|inputvalidationerror|zoderror|schemaerror|` +
    `json parse error|could not parse|missing (?:\\d+ )?(?:required )?(?:field|parameter|argument|property)|` +
    `params?(?:/\\S+)? must (?:have|be|not)\\b|expected \\w+, received \\w+|\\d+ validation errors? for\\b|` +
    `.{0,60}\\b(?:missing field|unknown field|invalid type: |unexpected keyword argument|required positional argument|is a required property|called with invalid arguments))`,
  'i',
)

// The same in any words, of a call that is no command: what a shell says is of what it was to run.
const NO_TOOL = both(
  String.raw`\btools?\b|\bfunction\b|\bhandler\b`,
  String.raw`unknown|unrecogni[sz]ed|not found|does not exist|no such|unavailable|not (?:available|registered|defined|a valid)|invalid|\bno\b`,
)
const NOT_ITS = both(
  String.raw`\barguments?\b|\bparam(?:eter)?s?\b|\bschema\b|\bpropert(?:y|ies)\b|\bfields?\b|\bjson\b`,
  'missing|required|invalid|unknown|unexpected|not match|must (?:be|have)|expected|pars(?:e|ing)|validation',
)

function isUnknown(result: ToolResult): boolean {
  if (UNKNOWN.test(result.output)) return isOwnWords(result)
  const said = ownWords(result)
  const isOfIt = /\btools?\b/i.test(said) || said.includes(result.name)
  return !isCommand(result) && isOfIt && NO_TOOL.test(said) && !NOT_ITS.test(said)
}

function isOfArguments(result: ToolResult): boolean {
  if (isUnknown(result)) return false
  if (BAD.test(result.output)) return isOwnWords(result)
  return !isCommand(result) && result.isFailed === true && NOT_ITS.test(ownWords(result))
}

function isCommand({ arguments: given, tool }: ToolResult): boolean {
  return commandIn(given) !== undefined || tool?.exitCode !== undefined
}

/** Calls that no agent could run: of a tool that does not exist, or with invalid arguments. */
export function wrongCalls(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  return [...unknownTools(session, results), ...badArguments(session, results)]
}

export function isWrongCall(result: ToolResult): boolean {
  return isUnknown(result) || isOfArguments(result)
}

// What is read may tell of such a call.
const PYDANTIC = /^\d+ validation errors? for \w+\n/

function isOwnWords(result: ToolResult): boolean {
  if (result.isFailed !== undefined) return result.isFailed
  return !isReader(result) || PYDANTIC.test(result.output)
}

function unknownTools(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const offered = new Set(session.steps.flatMap(({ toolNames = [] }) => toolNames))
  const unknown = results.filter(
    (result) =>
      isUnknown(result) &&
      (!offered.has(result.name) || (result.isFailed === true && isStrange(result.name, offered))),
  )
  const [first] = unknown
  if (first === undefined) return []
  const call = session.called.get(first.callId ?? '')
  return [
    {
      code: 'unknown-tool',
      certainty: 'certain',
      exchange: call?.exchange ?? first.exchange,
      clues: [
        ...(call === undefined
          ? []
          : [{ at: call.place, text: `exchange ${call.exchange} calls ${first.name}` }]),
        { at: first.place, text: `exchange ${first.exchange} says: ${shortText(first.output)}` },
      ],
      sentence: `The model called ${shortText(first.name, 60)}, a tool that it was not offered${unknown.length > 1 ? `, and others: ${countWords(unknown.length, 'such call')}` : ''}.`,
      next: `See which tools it was offered: tacho raw ${session.id} ${call?.exchange ?? first.exchange} --request | jq .tools. Is an MCP server missing?`,
      weight: 'trouble',
    },
  ]
}

function isStrange(name: string, offered: ReadonlySet<string>): boolean {
  const last = name.split(/[.:]|__/).at(-1) ?? name
  return ![...offered].some((one) => one === name || one.endsWith(last))
}

function badArguments(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const bad = results.filter((result) => isBad(result))
  const [first] = bad
  if (first === undefined) return []
  const call = session.called.get(first.callId ?? '')
  return [
    {
      code: 'bad-arguments',
      certainty: isOfArguments(first) ? 'certain' : 'likely',
      exchange: call?.exchange ?? first.exchange,
      clues: [
        ...(call === undefined
          ? []
          : [
              {
                at: call.place,
                text: `exchange ${call.exchange} calls ${first.name} with ${shortText(first.arguments, 100)}`,
              },
            ]),
        { at: first.place, text: `exchange ${first.exchange} says: ${shortText(first.output)}` },
      ],
      sentence: `The model called ${shortText(first.name, 60)} with arguments that it does not take${bad.length > 1 ? ` (${countWords(bad.length, 'such call')})` : ''}: ${shortText(first.output)}`,
      next: "Look at the tool's schema and its description, from which the model has what it knows of it.",
      weight: 'trouble',
    },
  ]
}

function isBad(result: ToolResult): boolean {
  const { isFailed, arguments: given } = result
  if (isUnknown(result)) return false
  if (isOfArguments(result)) return true
  // Cut off in the middle of its JSON, or none from the beginning.
  const isJson = given === '' || !given.trimStart().startsWith('{') || objectOf(given) !== undefined
  return !isJson && isFailed === true
}
