import type { Observation } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { toolFacts } from './called-tool.js'
import { type HookMessage, type HookTool, hookMessageOf } from './hook-message.js'
import type { Questions, Told } from './questions.js'

// A user's own hook can make a turn go on that was about to end.
const END_MICROSECONDS = 1_000_000

type Call = { callId: string; threadId: string | undefined; name: string; input: string }

/**
 * Reduces what Claude Code's hooks report: when turns and tools begin, and what the user is asked.
 */
export class HookReducer {
  readonly #session: SessionReducer
  readonly #questions: Questions
  /** Calls that have begun and that no question has been about yet. */
  #calls: Call[] = []
  /** Cancels the pending end of a turn that had stopped but goes on. */
  readonly #ends = new Map<string, () => void>()

  constructor(session: SessionReducer, questions: Questions) {
    this.#session = session
    this.#questions = questions
  }

  observe(observation: Observation): void {
    if (observation.kind !== 'hook') return
    const message = hookMessageOf(observation.message)
    if (message === undefined) return
    const { at: toldAt, happenedAt = toldAt } = observation
    this.#take(message, {
      conversation: message.conversation,
      at: Math.min(happenedAt, toldAt),
      toldAt,
    })
  }

  #take(message: HookMessage, told: Told): void {
    const { tool } = message
    switch (message.event) {
      case 'UserPromptSubmit':
        this.#questions.turnBegins(told.conversation, told.at)
        this.#session.turns.within(told.conversation, told.at)
        break
      case 'SubagentStart':
        this.#agentStarted(message, told)
        break
      case 'PreToolUse':
        if (tool?.callId !== undefined) this.#called(tool, tool.callId, message, told)
        break
      case 'PermissionRequest':
        if (tool !== undefined) this.#asked(tool, message, told)
        break
      case 'PostToolUse':
      case 'PostToolUseFailure':
        if (tool?.callId !== undefined) this.#ran(tool.callId, message, told)
        break
      case 'Stop':
      case 'SubagentStop':
        this.#stopped('completed', told)
        break
      case 'StopFailure':
        this.#stopped('failed', told)
        break
      default:
    }
  }

  #agentStarted({ agentType }: HookMessage, { conversation, at }: Told): void {
    const { threadId } = conversation
    if (threadId === undefined) return
    const source = agentType === undefined ? 'subagent' : `subagent:${agentType}`
    this.#session.places.noteSource(threadId, source)
    this.#session.turns.within(conversation, at)
  }

  #called(tool: HookTool, callId: string, { cwd }: HookMessage, told: Told): void {
    const { conversation, at } = told
    const facts = { ...toolFacts(tool.name, tool.input), cwd }
    this.#session.tools.start(callId, conversation, at, facts)
    this.#calls.push({ callId, ...wordsOf(tool, told) })
  }

  // A question does not say which call it is about: it is that agent's latest call with that input.
  #asked(tool: HookTool, { cwd }: HookMessage, told: Told): void {
    const { threadId, name, input } = wordsOf(tool, told)
    const call = this.#calls.findLast(
      (one) => one.threadId === threadId && one.name === name && one.input === input,
    )
    this.#calls = this.#calls.filter((one) => one !== call)
    this.#questions.asked(tool, call?.callId, { ...told, cwd })
  }

  #ran(callId: string, message: HookMessage, { conversation, at }: Told): void {
    const { event, durationMs, error, isInterrupt } = message
    this.#questions.hasRun(callId, at)
    const failed = isInterrupt ? 'cancelled' : 'failed'
    const outcome = event === 'PostToolUse' ? 'completed' : failed
    this.#session.toolEnded(callId, conversation, at, { outcome, durationMs, error })
  }

  #stopped(status: string, { conversation, at, toldAt }: Told): void {
    const { turnId } = conversation
    if (turnId === undefined) return
    const { turns, deadlines } = this.#session
    turns.done(turnId, at, status)
    this.#ends.get(turnId)?.()
    const callOff = deadlines.at(toldAt + END_MICROSECONDS, () => {
      this.#ends.delete(turnId)
      if (turns.isDone(turnId)) this.#session.turnEnded(conversation, status, at)
    })
    this.#ends.set(turnId, callOff)
  }
}

function wordsOf({ name, input }: HookTool, { conversation }: Told): Omit<Call, 'callId'> {
  return { threadId: conversation.threadId, name, input: JSON.stringify(input) }
}
