import { text } from '../codex/values.js'
import type { Observation, Observed } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import type { ToolEnd } from '../session/tools.js'
import { isOfUser } from './decisions.js'
import { placeOf } from './place.js'
import type { Questions, Told } from './questions.js'

/**
 * Reduces what Claude Code's log events report: who decided about each call, and how its tool
 * ended.
 */
export class LogEventReducer {
  readonly #session: SessionReducer
  readonly #questions: Questions
  readonly #rejected = new Set<string>()

  constructor(session: SessionReducer, questions: Questions) {
    this.#session = session
    this.#questions = questions
  }

  observe(observation: Observation): void {
    if (observation.kind !== 'log-event') return
    const { at: toldAt, happenedAt = toldAt, attributes } = observation
    if (observation.name === 'claude_code.tool.blocked_on_user') this.#waited(observation)
    const callId = text(attributes.tool_use_id)
    if (callId === undefined) return
    const conversation = placeOf({
      sessionId: attributes['session.id'],
      agentId: attributes.agent_id,
      promptId: attributes['prompt.id'],
    })
    const told = { conversation, at: Math.min(happenedAt, toldAt), toldAt }
    if (observation.name === 'tool_decision') this.#decided(callId, observation, told)
    else if (observation.name === 'tool_result') this.#ended(callId, observation, told)
  }

  #waited({ at: toldAt, happenedAt: endedAt = toldAt, attributes }: Observed<'log-event'>): void {
    const [source, duration] = [text(attributes.source), numberOf(attributes.duration_ms)]
    if (source === undefined || duration === undefined) return
    this.#questions.waited({ startedAt: endedAt - Math.round(duration * 1000), endedAt, source })
  }

  #decided(callId: string, { attributes }: Observed<'log-event'>, told: Told): void {
    const [word, source] = [text(attributes.decision), text(attributes.source)]
    if (word === undefined || source === undefined) return
    if (word === 'reject') this.#rejected.add(callId)
    const decision = { word, source }
    this.#questions.decided(callId, text(attributes.tool_name) ?? '', decision, told)
    if (word === 'reject') this.#end(callId, told, { outcome: 'declined' })
    // What the user allows has been running since the question.
    else if (!isOfUser(decision)) this.#session.tools.start(callId, told.conversation, told.at)
  }

  #ended(callId: string, { attributes }: Observed<'log-event'>, told: Told): void {
    const durationMs = numberOf(attributes.duration_ms)
    const hasRun = String(attributes.success) === 'true'
    if (hasRun) this.#questions.hasRun(callId, told.at)
    const outcome = hasRun ? 'completed' : this.#rejected.has(callId) ? 'declined' : 'failed'
    const error = hasRun ? undefined : text(attributes.error)
    this.#end(callId, told, { outcome, durationMs, error })
  }

  /** Ends a tool. If nothing reported its start, it began as long before as it took. */
  #end(callId: string, { conversation, at }: Told, end: ToolEnd): void {
    const { tools } = this.#session
    const startedAt = at - Math.round((end.durationMs ?? 0) * 1000)
    if (!tools.hasStarted(callId)) tools.start(callId, conversation, startedAt)
    this.#session.toolEnded(callId, conversation, at, end)
  }
}

/** Parses a number that comes as a string. */
function numberOf(value: unknown): number | undefined {
  const number = Number(text(value) ?? value ?? Number.NaN)
  return Number.isFinite(number) ? number : undefined
}
