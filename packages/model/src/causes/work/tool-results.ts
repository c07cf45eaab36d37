import type { Message, Part } from '../../conversation/index.js'
import { asObject, objectOf } from '../../model-api/json.js'
import type { Tool } from '../../parts/tool.js'
import type { EvidencePlace } from '../cause.js'
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
        const isFailed = failed(message, part.id, text, tool, isError)
        results.push({
          name: part.name ?? call?.name ?? tool?.name ?? 'tool',
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

/** Members of a JSON result that are what the tool said. */
const SAID_IN = ['output', 'result', 'content', 'stdout']

// Gemini gives a result as an object, and so do tools of others.
function unwrapped(text: string): { text: string; isError?: boolean } {
  const json = text.startsWith('{') ? objectOf(text) : undefined
  if (json === undefined) return { text }
  const { error } = json
  const isError = typeof error === 'string' ? error !== '' : asObject(error) !== undefined
  if (isError) return { text: typeof error === 'string' ? error : JSON.stringify(error), isError }
  const said = SAID_IN.map((name) => json[name]).find((value) => typeof value === 'string')
  // What tells how it went beside that is read from the whole.
  if (typeof said !== 'string' || asObject(json.metadata) !== undefined) return { text }
  return { text: said }
}

function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      part.type === 'text' ? part.text : part.type === 'other' ? JSON.stringify(part.value) : '',
    )
    .join('\n')
}

// The agent's own word for it first; then the API's mark; then what the output says of its exit code.
function failed(
  message: Message,
  id: string | undefined,
  text: string,
  tool: Tool | undefined,
  isError: boolean | undefined,
): boolean | undefined {
  if (tool?.outcome === 'failed') return true
  const mark = errorMark(message, id) ?? isError
  if (mark !== undefined) return mark
  const exitCode = exitCodeIn(text) ?? tool?.exitCode
  if (exitCode !== undefined) return exitCode !== 0
  if (tool?.outcome === 'completed') return false
  return LIKE_AN_ERROR.test(text) ? true : undefined
}

// How a tool says it that has no other way. A file that is read can begin so, too: rules take no one
// result for a failure by this.
const LIKE_AN_ERROR =
  /^(?:<tool_use_error>|(?:Error|Fatal|[A-Z]\w*Error|MCP error)\b[ :-]|fatal: |Traceback \(most recent call last\))/

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

// How Codex, Claude Code, Gemini CLI and others say it in the first lines of what they give back.
const EXIT_CODE =
  /^(?:Process exited with code|Exit code:?|Command (?:failed|exited) with (?:exit )?code:?|\(?exit code:?)\s*(-?\d+)/im

function exitCodeIn(text: string): number | undefined {
  const code = EXIT_CODE.exec(text.slice(0, 600))?.[1]
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
