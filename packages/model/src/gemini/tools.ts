import type { Conversation } from '../conversation.js'
import type { ToolOutput } from '../model-api/tool-outputs.js'
import type { Observation, Observed } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import type { ToolEnd } from '../session/tools.js'
import { callThatRan, type GeminiCall } from './call-that-ran.js'
import { isOutside, SUB_AGENT } from './turns.js'

/** A call by the model whose end is not known, or not completely. */
type Call = GeminiCall & {
  conversation: Conversation
  calledAt: number
  /** When the answer that calls it ended. */
  answeredAt: number | undefined
  /** When its tool ended, and how long it had run, according to telemetry. */
  ran: { until: number; durationMs: number | undefined } | undefined
  /** The request that shows how it ended, and how. */
  told: { at: number; end: ToolEnd } | undefined
  /** No longer waits for its telemetry. */
  callOff: () => void
}

/**
 * The tools that Gemini CLI runs, each from its call to its end: when telemetry says that it ended,
 * otherwise the request with its output, which alone tells how. Time spent asking a person is part
 * of this. What a sub-agent called is over once the agent that it works for goes on.
 */
export class GeminiTools {
  readonly #session: SessionReducer
  readonly #pending = new Map<string, Call>()

  constructor(session: SessionReducer) {
    this.#session = session
  }

  observe(observation: Observation): void {
    if (observation.kind === 'tool-called') {
      const { callId: id, name, exchange, conversation, at } = observation
      const call = { id, name, exchange, conversation, calledAt: at, answeredAt: undefined }
      this.#pending.set(id, { ...call, ran: undefined, told: undefined, callOff: () => {} })
      this.#session.tools.start(id, conversation, at)
    } else if (observation.kind === 'exchange-started') {
      if (!isOutside(observation)) this.#asked(observation)
    } else if (observation.kind === 'exchange-ended') {
      for (const call of this.#pending.values())
        if (call.exchange === observation.exchange) call.answeredAt = observation.at
    } else if (observation.kind === 'log-event' && observation.name === 'tool_call') {
      this.#ran(observation)
    } else if (observation.kind === 'run-ended') {
      for (const call of this.#pending.values())
        if (call.told !== undefined || call.ran !== undefined) this.#end(call)
    }
  }

  #asked({ conversation: { threadId }, threadSource, outputs, at }: Observed<'exchange-started'>) {
    const open = [...this.#pending.values()].filter(({ told }) => told === undefined)
    const calls = open.filter(({ conversation }) => conversation.threadId === threadId)
    if (calls.length > 0) {
      const shown = outputs?.(calls.map(({ id }) => id)) ?? []
      const ends = new Map(shown.map((output) => [output.callId, endOf(output)]))
      for (const call of calls) this.#told(call, ends.get(call.id), at)
    }
    if (threadSource !== undefined) return
    for (const call of open) {
      if (this.#session.places.sourceOf(call.conversation.threadId) !== SUB_AGENT) continue
      const end: ToolEnd | undefined = call.name === REPORT ? { outcome: 'completed' } : undefined
      this.#told(call, end, call.answeredAt ?? at)
    }
  }

  /**
   * A request shows how a call ended. It may come before the telemetry. Gemini CLI forgets a call
   * that was refused or stopped; its telemetry may not.
   */
  #told(call: Call, end: ToolEnd | undefined, at: number): void {
    call.told = { at, end: end ?? { outcome: 'unknown' } }
    const isDue = call.ran !== undefined || !this.#session.run?.taps.includes('log-events')
    if (isDue) this.#end(call)
    else {
      const patience = end === undefined ? DECIDED_MICROSECONDS : RAN_MICROSECONDS
      call.callOff = this.#session.deadlines.at(at + patience, () => this.#end(call))
    }
  }

  #ran({ at, happenedAt = at, attributes }: Observed<'log-event'>): void {
    const running = [...this.#pending.values()].filter(({ ran }) => ran === undefined)
    const call = callThatRan(attributes, running)
    if (call === undefined) return
    const { duration_ms: durationMs } = attributes
    call.ran = {
      until: happenedAt,
      durationMs: typeof durationMs === 'number' ? durationMs : undefined,
    }
    this.#session.turns.recordActivity(call.conversation.turnId, happenedAt)
    if (call.told !== undefined) this.#end(call)
  }

  #end({ id, conversation, calledAt, ran, told, callOff }: Call): void {
    callOff()
    this.#pending.delete(id)
    const { at, end } = told ?? { at: Number.POSITIVE_INFINITY, end: { outcome: 'unknown' } }
    if (ran === undefined) this.#session.toolEnded(id, conversation, at, end)
    else {
      const { until, durationMs } = ran
      const endedAt = Math.min(Math.max(until, calledAt), at)
      this.#session.toolEnded(id, conversation, endedAt, { ...end, durationMs })
    }
  }
}

/** The tool with which a sub-agent ends its work: no request of its own contains the output. */
const REPORT = 'complete_task'

/** Gemini CLI exports its log events every five seconds. */
const DECIDED_MICROSECONDS = 6_000_000

/** Its spans, every tenth of a second; a busy machine takes longer. */
const RAN_MICROSECONDS = 2_000_000

/** Returns how a call ended, if what the model is told shows it (Gemini CLI 0.61). */
function endOf({ output, isError }: ToolOutput): ToolEnd {
  if (/^\[Operation Cancelled\]/.test(output)) return { outcome: 'declined' }
  const code = /^Exit Code: (-?\d{1,10})$/m.exec(output)?.[1]
  if (code !== undefined) return { outcome: 'failed', exitCode: Number(code) }
  return { outcome: isError === true ? 'failed' : 'completed' }
}
