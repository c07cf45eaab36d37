import { objectOf } from '../model-api/json.js'
import type { Tool } from '../parts/tool.js'
import type { EvidencePlace, InFlight } from './cause.js'
import type { SessionCase } from './session-case.js'

/** What was not over when the session ended or died, or is not over now; what is innermost first. */
export function inFlightOf(session: SessionCase): InFlight[] {
  const { parts, calls } = session
  const until = endOfTime(session)
  const lasting = (startedAt: number) => ({
    startedAt,
    forMs: Math.max(0, Math.round((until - startedAt) / 1000)),
  })
  return [
    ...parts.approvals
      .filter(({ open }) => open !== undefined)
      .map(({ spanId, kind, what, askedAt }): InFlight => {
        return { kind: 'approval', spanId, what: what ?? kind, ...lasting(askedAt) }
      }),
    ...parts.tools
      .filter((tool) => isLeft(tool, session))
      .map(({ spanId, name, command, startedAt }): InFlight => {
        return { kind: 'tool', spanId, what: command ?? name, ...lasting(startedAt) }
      }),
    ...openCalls(session).map(({ name, command, spanId, startedAt }): InFlight => {
      return { kind: 'tool', spanId, what: command ?? name, ...lasting(startedAt) }
    }),
    ...calls
      .filter(({ state, isConnection }) => state === 'in-flight' && !isConnection)
      .map(({ id, number, model, method, url, startedMicros }): InFlight => {
        const what = model ?? `${method} ${url}`
        return { kind: 'exchange', spanId: id, number, what, ...lasting(startedMicros) }
      }),
    ...parts.turns
      .filter(({ open }) => open !== undefined)
      .map(({ spanId, kind, number, startedAt }): InFlight => {
        return { kind: 'turn', spanId, what: `${kind} turn ${number}`, ...lasting(startedAt) }
      }),
  ]
}

/** Spans of what was left open end with their run. */
const WITH_THE_RUN_MICROS = 500_000

/** Whether a tool was running when its session ended or died, or runs now. */
export function isLeft(
  { callId, open, outcome, status, endedAt = 0 }: Tool,
  session: SessionCase,
): boolean {
  // What its model was told of is over, whoever did not hear of its end.
  if (callId !== undefined && answeredCalls(session).has(callId)) return false
  if (open !== undefined) return true
  const end = session.runs.at(-1)?.endedAt
  const isWithRun = end !== undefined && Math.abs(end - endedAt) < WITH_THE_RUN_MICROS
  return outcome === 'unknown' && status === undefined && isWithRun && !isByItself(session)
}

const answered = new WeakMap<SessionCase, Set<string>>()

function answeredCalls(session: SessionCase): Set<string> {
  const held = answered.get(session)
  if (held !== undefined) return held
  const parts = session.steps.flatMap(({ added }) => added.flatMap((message) => message.parts))
  const ids = parts.flatMap((part) => (part.type === 'tool_call_response' && part.id) || [])
  const found = new Set(ids)
  answered.set(session, found)
  return found
}

// Claude Code ends with 0 for a signal as well.
function isByItself({ ended, runs }: SessionCase): boolean {
  const last = runs.at(-1)
  const isOver = ended === 'completed' && (last?.run?.exitCode ?? 0) === 0
  return isOver && (last?.signals.length ?? 0) === 0
}

/** When it ended, or was last seen; now where it runs. */
export function endOfTime({ ended, now, lastSeenAt, runs }: SessionCase): number {
  if (ended === 'running') return now
  return Math.max(runs.at(-1)?.endedAt ?? 0, lastSeenAt ?? 0) || now
}

/** A tool that an answer called, and of which nothing was heard after that. */
export type OpenCall = {
  callId: string
  name: string
  command?: string
  /** That of the exchange that called it: it has none of its own. */
  spanId: string
  exchange: number
  place: EvidencePlace
  startedAt: number
}

/**
 * Tools that were called by the last answer of a thread. Where an agent tells of a tool only once it
 * is done, as `codex exec` does, these are what it did when it was stopped.
 */
export function openCalls(session: SessionCase): OpenCall[] {
  const { called, parts, calls, runs } = session
  const told = new Set(parts.tools.map(({ callId }) => callId))
  if (isByItself(session)) return []
  const byNumber = new Map(calls.map((call) => [call.number, call]))
  const lastAsked = new Map<string | undefined, number>()
  for (const { asksModel, threadId, number } of calls)
    if (asksModel) lastAsked.set(threadId, Math.max(number, lastAsked.get(threadId) ?? 0))
  return [...called].flatMap(([callId, { name, input, exchange, place }]): OpenCall[] => {
    const call = byNumber.get(exchange)
    if (call === undefined || told.has(callId)) return []
    const wasGoneOnFrom = (lastAsked.get(call.threadId) ?? 0) > exchange
    if (wasGoneOnFrom || call.run !== runs.at(-1)?.id) return []
    const command = commandIn(input)
    return [
      {
        callId,
        name,
        spanId: call.id,
        exchange,
        place,
        startedAt: call.startedMicros + call.lastAt,
        ...(command !== undefined && { command }),
      },
    ]
  })
}

/** The command in what a shell tool is given, as agents name it. */
export function commandIn(input: string): string | undefined {
  const given = objectOf(input) ?? {}
  for (const name of ['cmd', 'command']) {
    const value = given[name]
    if (typeof value === 'string') return value
    if (Array.isArray(value)) return value.join(' ')
  }
  return undefined
}
