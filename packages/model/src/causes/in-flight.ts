import { objectOf } from '../model-api/json.js'
import type { Approval } from '../parts/approval.js'
import type { Tool } from '../parts/tool.js'
import type { EndMissing, EvidencePlace, InFlight } from './cause.js'
import type { Call, RunSeen, SessionCase } from './session-case.js'
import { questionAbout, questionAhead } from './waiting.js'

/** Returns what was in flight when the session ended or died, or is now, innermost first. */
export function inFlightOf(session: SessionCase): InFlight[] {
  const { parts } = session
  const until = endOfTime(session)
  const lasting = (startedAt: number) => ({
    startedAt,
    forMs: Math.max(0, Math.round((until - startedAt) / 1000)),
  })
  const toolInFlight = (
    { spanId, name, command, startedAt }: Tool | OpenCall,
    asked: Approval | undefined,
  ): InFlight => ({
    ...{ kind: 'tool', spanId, what: command ?? name },
    ...(asked !== undefined && { waitsFor: asked.spanId }),
    ...lasting(startedAt),
  })
  const openQuestion = (call: OpenCall) => {
    const asked = questionAhead(call, session)
    return asked?.open === undefined ? undefined : asked
  }
  return [
    ...parts.approvals
      .filter(({ open, askedAt }) => open !== undefined && isOfLastRun(askedAt, session))
      .map(({ spanId, kind, what, askedAt }): InFlight => {
        return { kind: 'approval', spanId, what: what ?? kind, ...lasting(askedAt) }
      }),
    ...parts.tools
      .filter((tool) => isLeft(tool, session))
      .map((tool): InFlight => toolInFlight(tool, questionAbout(tool, parts.approvals))),
    ...openCalls(session).map((call): InFlight => toolInFlight(call, openQuestion(call))),
    ...openExchanges(session)
      .filter((call) => isInFlight(call, session))
      .map((call): InFlight => {
        const { id, number, startedMicros } = call
        return {
          kind: 'exchange',
          spanId: id,
          number,
          what: whatOf(call),
          ...lasting(startedMicros),
        }
      }),
    ...parts.turns
      .filter(({ open, startedAt }) => open !== undefined && isOfLastRun(startedAt, session))
      .map(({ spanId, kind, number, startedAt }): InFlight => {
        return { kind: 'turn', spanId, what: `${kind} turn ${number}`, ...lasting(startedAt) }
      }),
  ]
}

/** Returns the exchanges whose end is missing from the record, although they did end. */
export function endsMissing(session: SessionCase): EndMissing[] {
  return openExchanges(session)
    .filter((call) => !isInFlight(call, session) && !isCutOff(call, session))
    .map((call) => ({ exchange: call.number, spanId: call.id, what: whatOf(call) }))
}

/**
 * Returns whether an exchange without an end was in flight when the session ended or died, or is
 * now. A recorder that sees its run end first ends what is open in it.
 */
export function isInFlight(call: Call, { ended, runs }: SessionCase): boolean {
  if (call.state !== 'in-flight') return false
  const isLast = runs.length === 0 || runs.at(-1)?.id === call.run
  return (ended === 'died' || ended === 'running') && isLast && !call.isEndLost
}

/** Returns whether an exchange was in flight when an earlier run died. */
function isCutOff({ run, isEndLost }: Call, { runs }: SessionCase): boolean {
  const ended = runs.find(({ id }) => id === run)?.run?.ended
  return ended === 'died' && !isEndLost
}

function openExchanges({ calls }: SessionCase): Call[] {
  return calls.filter(({ state, isConnection }) => state === 'in-flight' && !isConnection)
}

function whatOf({ model, method, url }: Call): string {
  return model ?? `${method} ${url}`
}

/**
 * Returns whether something that began then can be a part of the last run. What an earlier run left
 * open is over, because the session was gone on with; but a program and the programs that it starts
 * are runs of one session at the same time.
 */
export function isOfLastRun(startedAt: number, { runs }: SessionCase): boolean {
  const since = runs.at(-1)?.startedAt ?? 0
  const wentOn = ({ run, startedAt: began = 0, endedAt = 0 }: RunSeen) =>
    began <= startedAt && (run?.ended === 'running' || endedAt > since)
  return startedAt >= since || runs.some(wentOn)
}

/** Open spans end with their run, within this time. */
const WITH_THE_RUN_MICROS = 500_000

/** Returns whether a tool was running when its session ended or died, or is running now. */
export function isLeft(
  { callId, open, outcome, status, startedAt, endedAt = 0 }: Tool,
  session: SessionCase,
): boolean {
  // If the model has its output, it is over, even if nobody reported its end.
  if (callId !== undefined && answeredCalls(session).has(callId)) return false
  if (open !== undefined) return isOfLastRun(startedAt, session)
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

// Claude Code ends with 0 on a signal, too.
function isByItself({ ended, runs }: SessionCase): boolean {
  const last = runs.at(-1)
  const isOver = ended === 'completed' && (last?.run?.exitCode ?? 0) === 0
  return isOver && (last?.signals.length ?? 0) === 0
}

/** Returns when the session ended or was last seen; now if it is running. */
export function endOfTime({ ended, now, lastSeenAt, runs }: SessionCase): number {
  if (ended === 'running') return now
  return Math.max(runs.at(-1)?.endedAt ?? 0, lastSeenAt ?? 0) || now
}

/** A tool called by an answer, without any later sign of it. */
export type OpenCall = {
  callId: string
  name: string
  command?: string
  /** The span of the exchange that called it, because it has none of its own. */
  spanId: string
  exchange: number
  place: EvidencePlace
  threadId?: string | undefined
  /** When the exchange that called it began. */
  answeredSince: number
  /** When the last of its answer came. */
  startedAt: number
}

/**
 * Returns the tools called by the last answer of each thread. If an agent reports tools only when
 * they are done, as `codex exec` does, these are what it was doing when it was stopped.
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
        threadId: call.threadId,
        answeredSince: call.startedMicros,
        startedAt: call.startedMicros + call.lastAt,
        ...(command !== undefined && { command }),
      },
    ]
  })
}

/** Returns the command in a shell tool's input, under the names that agents use. */
export function commandIn(input: string): string | undefined {
  const given = objectOf(input) ?? {}
  for (const name of ['cmd', 'command']) {
    const value = given[name]
    if (typeof value === 'string') return value
    if (Array.isArray(value)) return value.join(' ')
  }
  return undefined
}
