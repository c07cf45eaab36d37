import type { Observation } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { toolFacts } from './called-tool.js'
import { Elicitations } from './elicitations.js'
import { type HookMessage, type HookTool, hookMessageOf } from './hook-message.js'
import type { Questions, Told } from './questions.js'

// A user's own hook can make a turn go on that was about to end.
const END_MICROSECONDS = 1_000_000

/**
 * Reduces what Claude Code's hooks report: when turns and tools begin, and what the user is asked.
 */
export class HookReducer {
  readonly #session: SessionReducer
  readonly #questions: Questions
  readonly #elicitations: Elicitations
  /** Cancels the pending end of a turn that had stopped but goes on. */
  readonly #ends = new Map<string, () => void>()

  constructor(session: SessionReducer, questions: Questions) {
    this.#session = session
    this.#questions = questions
    this.#elicitations = new Elicitations(session)
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
        if (tool !== undefined) this.#questions.asked(tool, { ...told, cwd: message.cwd })
        break
      case 'Elicitation':
      case 'ElicitationResult':
        this.#elicited(message, told)
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
    const { name, input } = tool
    this.#session.tools.start(callId, conversation, at, { ...toolFacts(name, input), cwd })
    this.#questions.called({ callId, threadId: conversation.threadId, name, input })
  }

  // A host is asked, and answers, through another tap, and `-p` asks nobody.
  #elicited({ event, elicitation }: HookMessage, told: Told): void {
    if (elicitation === undefined || this.#session.run?.command !== 'tui') return
    if (event === 'Elicitation') this.#elicitations.asked(elicitation, told)
    else this.#elicitations.answered(elicitation, told)
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
