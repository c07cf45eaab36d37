import type { Part } from '../../conversation/index.js'
import { objectOf } from '../../model-api/json.js'
import type { Tool } from '../../parts/tool.js'
import type { EvidencePlace } from '../cause.js'
import { commandIn } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { opened } from './envelope.js'
import { isJson, isReader } from './readers.js'
import { wentWrong } from './went-wrong.js'

/** What a tool returned to its model, from the first request that contains it. */
export type ToolResult = {
  callId?: string
  name: string
  /** As given by the model. */
  arguments: string
  /** The first part of it. */
  output: string
  /** Approximate length of all of it, in UTF-8 bytes. */
  length: number
  /** Whether it failed; absent if unknown. */
  isFailed?: boolean
  /** The first request that contains it. */
  exchange: number
  place: EvidencePlace
  threadId?: string
  turnId?: string
  /** The span of its run, if the agent reported it. */
  tool?: Tool
}

/** Enough to see what a tool says about itself, and whether it said the same before. */
const OUTPUT_CHARACTERS = 4_000

/** Returns what tools returned, in the order in which models were told. */
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
        // After a history was rewritten, what it contained before is not new.
        const key = `${threadId} ${part.id}`
        const isTold = part.id !== undefined && dropped.length > 0 && known.has(key)
        known.add(key)
        if (isTold) continue
        const call = part.id === undefined ? nextOf(unnamed, part.name) : calls.get(part.id)
        const tool = part.id === undefined ? undefined : spans.get(part.id)
        const refused = refusedCall(part.name ?? call?.name, call?.arguments)
        const { text, isError } = refused ?? opened(textOf(part.parts))
        const name = refused?.name ?? part.name ?? call?.name ?? tool?.name ?? 'tool'
        const told = { id: part.id, name, text, tool, isError, arguments: call?.arguments ?? '' }
        const isFailed = refused === undefined ? wentWrong(message, told) : true
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

// opencode turns a call that it cannot run into one of its own tool `invalid`, which always succeeds.
function refusedCall(name: string | undefined, given = '') {
  if (name !== 'invalid') return undefined
  const { tool, error } = objectOf(given) ?? {}
  if (typeof tool !== 'string' || typeof error !== 'string') return undefined
  return { name: tool, text: error, isError: true }
}

// Gemini's calls have no ids: outputs come in the order of the calls.
function nextOf(calls: ToolCall[], name: string | undefined): ToolCall | undefined {
  const at = calls.findIndex((call) => name === undefined || call.name === name)
  return at < 0 ? undefined : calls.splice(at, 1)[0]
}

function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      part.type === 'text' ? part.text : part.type === 'other' ? JSON.stringify(part.value) : '',
    )
    .join('\n')
}

/** Returns what was called, for use in a sentence: its command, if it has one. */
export function calledWords({ tool, name, arguments: given }: ToolResult): string {
  return tool?.command ?? commandIn(given) ?? name
}

/** A longer text is about something else than the call. */
export const OWN_CHARACTERS = 300

/**
 * Returns what a tool says about its own call: if it is known to have failed, the start of its
 * output; otherwise all of it, but only if that is one line and not something that it read.
 */
export function ownWords(result: ToolResult): string {
  const { isFailed, length } = result
  const said = saidBy(result).trim()
  if (isFailed === true) return said.slice(0, OWN_CHARACTERS)
  if (isFailed === false || isReader(result) || length > OWN_CHARACTERS) return ''
  if (isJson(said)) return ''
  return said.includes('\n') ? '' : said
}

/** Returns a tool's output without the lines in which Codex and Claude Code say how it went. */
export function saidBy({ output }: Pick<ToolResult, 'output'>): string {
  const at = output.indexOf(SAID)
  return at < 0 ? output.replace(EXIT_LINE, '') : output.slice(at + SAID.length)
}

const SAID = '\nOutput:\n'
const EXIT_LINE = /^Exit code:? -?\d+\n/i
