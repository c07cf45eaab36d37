import { objectOf } from '../../model-api/json.js'
import { both } from '../both.js'
import type { Cause } from '../cause.js'
import { commandIn } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { countWords, shortText } from '../words.js'
import { isJson, isReader } from './readers.js'
import { toldOfCall, withoutPreface } from './told-of-call.js'
import { OWN_CHARACTERS, ownWords, type ToolResult } from './tool-results.js'

// What agents tell their models about a call that they cannot run.
const NAME = '["\'`]?[\\w.:/-]+["\'`]?'
const UNKNOWN = toldOfCall(
  String.raw`unsupported (?:custom tool )?call\b`,
  String.raw`unknown[_ ](?:tool|function)\b`,
  String.raw`(?:there is )?no such tool\b`,
  `(?:tool|function|method) ${NAME} (?:is |was )?(?:not (?:found|available|registered|defined)|does not exist|unknown)`,
  String.raw`${NAME} is not a (?:valid|known|registered) (?:tool|function)\b`,
  String.raw`tool[_ ]not[_ ]found\b`,
  'model tried to call unavailable tool',
  String.raw`.{0,40}\bunrecognized tool\b`,
  String.raw`(?:there is )?no (?:tool|function) (?:named|called)\b`,
)
const BAD = toldOfCall(
  '(?:\\w+: )?cannot (?:unmarshal|deserialize|decode)\\b',
  'failed to parse (?:tool )?(?:call )?(?:function )?arguments',
  String.raw`invalid (?:tool |function )?(?:arguments|input|params|parameters|json)\b`,
  'inputvalidationerror|zoderror|schemaerror|json parse error|could not parse',
  String.raw`missing (?:\d+ )?(?:required )?(?:field|parameter|argument|property)`,
  String.raw`(?:params?|data|arg(?:ument)?s?|input|body|value|instance|payload)(?:[/.]\S{1,80})? must (?:have|be|not|match|contain)\b`,
  String.raw`\W{0,4}(?:invalid input: )?expected \w+, received \w+`,
  String.raw`${NAME} must (?:not )?(?:be|have|match)\b`,
  String.raw`\d+ validation errors? for\b`,
  String.raw`.{0,60}\b(?:missing field|unknown field|invalid type: |unexpected keyword argument|required positional argument|is a required property|called with invalid arguments)`,
  // Validators start with the name of what they checked.
  String.raw`[\s\S]{0,200}\b(?:field required|missing key)\b`,
)

// The same, worded freely, but not for commands: a shell talks about what it was to run.
const NO_TOOL = both(
  String.raw`\btools?\b|\bfunction\b|\bhandler\b|\bactions?\b`,
  String.raw`unknown|unrecogni[sz]ed|not found|(?:does|do) ?n[o']t exist|not among|undefined|no such|unavailable|not (?:available|registered|defined|a valid)|invalid|isn't (?:available|registered|defined)|\bno(?= (?:tool|function|handler)\b)`,
)
const NOT_ITS = both(
  String.raw`\barguments?\b|\bparam(?:eter)?s?\b|\bschema\b|\bpropert(?:y|ies)\b|\bfields?\b|\bjson\b|\bvalidation ?error\b`,
  'missing|required|invalid|unknown|unexpected|not match|must (?:be|have)|expect(?:s|ed)|pars(?:e|ing)|validation|not of type',
)

function isUnknown(result: ToolResult): boolean {
  if (UNKNOWN.test(result.output)) return isOwnWords(result)
  const said = withoutPreface(ownWords(result))
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

/** Returns calls that no agent could run: of tools that do not exist, or with invalid arguments. */
export function wrongCalls(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  return [...unknownTools(session, results), ...badArguments(session, results)]
}

export function isWrongCall(result: ToolResult): boolean {
  return isUnknown(result) || isOfArguments(result)
}

// A text that was read may be about such a call, but not about the tool that read it.
const PYDANTIC = /^\d+ validation errors? for \w+$/

function isOwnWords(result: ToolResult): boolean {
  if (result.isFailed !== undefined) return result.isFailed
  // The requested data, and not the tool's words about itself.
  if (isJson(result.output)) return false
  const [first = ''] = result.output.split('\n', 1)
  // A shell that was given nothing it could run.
  if (isCommand(result) && result.length < OWN_CHARACTERS) return true
  return !isReader(result) || PYDANTIC.test(first) || first.split(/[^\w-]+/).includes(result.name)
}

function unknownTools(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const offered = new Set(session.steps.flatMap(({ toolNames = [] }) => toolNames))
  const unknown = results.filter(
    (result) =>
      isUnknown(result) &&
      (!offered.has(result.name) || (result.isFailed === true && isStrange(result.name, offered))),
  )
  // A model that is told, and then calls an existing tool, has fixed it.
  const isMended = unknown.every((one) => isFollowedByGood(one, results))
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
      sentence: `The model called ${shortText(first.name, 60)}, a tool that it was not offered${moreWords(unknown)}.`,
      next: `See which tools it was offered: tacho raw ${session.id} ${call?.exchange ?? first.exchange} --request | jq .tools. Is an MCP server missing?`,
      weight: isMended ? 'note' : 'trouble',
    },
  ]
}

function moreWords(unknown: readonly ToolResult[]): string {
  if (unknown.length === 1) return ''
  const names = new Set(unknown.map(({ name }) => name))
  return names.size === 1
    ? `, ${unknown.length} times`
    : `, and others: ${countWords(unknown.length, 'such call')}`
}

function isFollowedByGood(one: ToolResult, results: readonly ToolResult[]): boolean {
  const later = results.slice(results.indexOf(one) + 1)
  return later.some(
    (result) =>
      result.threadId === one.threadId && result.isFailed !== true && !isWrongCall(result),
  )
}

function isStrange(name: string, offered: ReadonlySet<string>): boolean {
  const last = name.split(/[.:]|__/).at(-1) ?? name
  return ![...offered].some((one) => one === name || one.endsWith(last))
}

function badArguments(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const bad = results.filter((result) => isBad(result))
  // A model that is told, and then makes a valid call, has fixed it.
  const lasting = bad.filter((one) => !isCalledRightlyAfter(one, results))
  const [first] = lasting.length > 0 ? lasting : bad
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
      weight: lasting.length > 0 ? 'trouble' : 'note',
    },
  ]
}

function isCalledRightlyAfter(one: ToolResult, results: readonly ToolResult[]): boolean {
  const later = results.slice(results.indexOf(one) + 1)
  return later.some((result) => result.name === one.name && !isBad(result))
}

function isBad(result: ToolResult): boolean {
  const { isFailed, arguments: given } = result
  if (isUnknown(result)) return false
  if (isOfArguments(result)) return true
  // Cut off in the middle of its JSON, or not JSON at all.
  const isJson = given === '' || !given.trimStart().startsWith('{') || objectOf(given) !== undefined
  return !isJson && isFailed === true
}
