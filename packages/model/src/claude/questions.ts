import { type Conversation, conversationKey } from '../conversation.js'
import type { ApprovalAnswered } from '../session/approvals.js'
import { HeldTurns } from '../session/held-turns.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { toolFacts } from './called-tool.js'
import { answerOf, type Decision, isOfUser, isRefusal } from './decisions.js'
import { type HookTool, questionOf, type ToolQuestion, USER_INPUT } from './hook-message.js'
import { isCalled, type UndecidedCall, UndecidedCalls } from './undecided-calls.js'

/** Where and when something was reported. */
export type Told = {
  conversation: Conversation
  /** When it happened. */
  at: number
  /** When it reached us. */
  toldAt: number
}

/**
 * How long the user was waited for, and who then decided. Which call it was about is not reported.
 */
export type Wait = { startedAt: number; endedAt: number; source: string }

/** A decision by the user without a reported question. */
type Unseen = { at: number; source: string; settle: (askedAt?: number) => void }

/** A question and the call that waits for it. */
type Asked = {
  id: string
  callId: string | undefined
  tool: string
  conversation: Conversation
  askedAt: number
}

/**
 * After a `no` the turn either goes on with a request or is over. The request comes within a
 * moment, and the log event that reports the `no` a moment later.
 */
const GOING_ON_MICROSECONDS = 1_500_000

/**
 * How long after a decision the wait for it may still be reported: less than a turn takes to end.
 */
const WAIT_TOLD_MICROSECONDS = 900_000

/** The times of a decision and of the end of the wait for it differ by a few milliseconds. */
const APART_MICROSECONDS = 100_000

/** Waits for rules are reported too; later decisions have no use for old ones. */
const KEPT_WAITS = 16

/**
 * What the user of Claude Code is asked: a hook reports the question, a log event the decision,
 * joined by the id of the call. A rule or a mode that decides asks nobody, even if the hook
 * reported a question.
 */
export class Questions {
  readonly #session: SessionReducer
  /** Open questions, by their own ids. */
  readonly #open = new Map<string, Asked>()
  readonly #calls: UndecidedCalls
  /** Undecided questions of a run in which nobody can be asked unless there is a host. */
  readonly #held = new Map<string, () => void>()
  /** Calls that another tap reports. */
  readonly #elsewhere = new Set<string>()
  readonly #lastRequest = new Map<string, number>()
  /** The latest turn of each thread. */
  readonly #lastTurn = new Map<string, string>()
  readonly #heldTurns: HeldTurns
  /** Refusals by the user for which it is not known yet whether the turn goes on. */
  #refusals: { conversation: Conversation; settle: () => void }[] = []
  #waits: Wait[] = []
  #unseen: Unseen[] = []
  #count = 0

  constructor(session: SessionReducer) {
    this.#session = session
    this.#heldTurns = new HeldTurns(session)
    this.#calls = new UndecidedCalls(session.deadlines)
  }

  /** The model has made a call, which the user may be asked about. */
  called(call: UndecidedCall): void {
    this.#calls.called(call)
  }

  /** A request has begun. */
  requested(conversation: Conversation, at: number): void {
    this.#lastRequest.set(conversationKey(conversation), at)
  }

  /**
   * A turn begins, so the one before it in the same thread has not gone on. If that turn asked
   * something that is not decided yet, the user has just refused, and the log event that says so is
   * on its way: the turn is kept open until it comes.
   */
  turnBegins({ threadId, turnId }: Conversation, at: number): void {
    if (threadId === undefined || turnId === undefined) return
    this.#lastTurn.set(threadId, turnId)
    const isEarlier = ({ conversation }: { conversation: Conversation }) =>
      conversation.threadId === threadId && conversation.turnId !== turnId
    for (const refusal of this.#refusals) if (isEarlier(refusal)) refusal.settle()
    for (const asked of this.#open.values())
      if (isEarlier(asked)) this.#heldTurns.hold(asked.conversation, at + GOING_ON_MICROSECONDS)
  }

  /** Something is to be asked before a call. */
  asked(tool: HookTool, told: Told & { cwd: string | undefined }): void {
    const { threadId } = told.conversation
    this.#calls.find({ ...tool, threadId }, told.toldAt, (callId) => {
      const ask = () => {
        this.#ask(tool, questionOf(tool), { ...told, callId })
      }
      if (this.#session.run?.command === 'tui') ask()
      else if (callId !== undefined && !this.#elsewhere.has(callId)) this.#held.set(callId, ask)
    })
  }

  /** The question before this call, and its answer, pass through another tap. */
  isAskedElsewhere(callId: string): void {
    this.#elsewhere.add(callId)
    this.#held.delete(callId)
  }

  /** A call was decided. */
  decided(callId: string, toolName: string, decision: Decision, told: Told): void {
    if (this.#elsewhere.has(callId)) return
    const { threadId } = told.conversation
    if (this.#about(callId) === undefined && !this.#held.has(callId))
      this.#calls.decided(callId, { name: toolName, threadId })
    const held = this.#held.get(callId)
    this.#held.delete(callId)
    if (held !== undefined && isOfUser(decision)) held()
    const asked = this.#about(callId) ?? this.#aboutUnknown(toolName, threadId)
    if (asked === undefined && !isOfUser(decision)) return
    const settle = (id: string, at: number, isWaitUnknown: boolean) => {
      this.#open.delete(id)
      if (isRefusal(decision)) this.#refused(id, { ...told, at }, isWaitUnknown)
      else this.#answer(id, { ...this.#answerOf(toolName, decision), at, isWaitUnknown })
    }
    if (asked !== undefined) {
      settle(asked.id, Math.max(told.at, asked.askedAt), false)
      this.#releaseDecided()
    } else
      this.#untold(decision, told, (askedAt = told.at) => {
        const id = this.#askedUnseen(toolName, callId, { ...told, at: askedAt })
        settle(id, told.at, askedAt === told.at)
      })
  }

  #about(callId: string): Asked | undefined {
    return [...this.#open.values()].find((asked) => asked.callId === callId)
  }

  /** Returns the first open question of a tool for which it could not be told which call it is about. */
  #aboutUnknown(tool: string, threadId: string | undefined): Asked | undefined {
    return [...this.#open.values()].find(
      (asked) =>
        asked.callId === undefined &&
        isCalled(asked.tool, tool) &&
        asked.conversation.threadId === threadId,
    )
  }

  /** Releases the turns whose questions are all decided. */
  #releaseDecided(): void {
    this.#heldTurns.releaseWhere((turnId) => {
      const isOf = ({ conversation }: { conversation: Conversation }) =>
        conversation.turnId === turnId
      return ![...this.#open.values(), ...this.#refusals].some(isOf)
    })
  }

  /** The user, or a rule, was waited for: what was then decided was asked when the wait began. */
  waited(wait: Wait): void {
    const unseen = this.#unseen.find((one) => isOf(wait, one))
    if (unseen !== undefined) unseen.settle(Math.min(wait.startedAt, unseen.at))
    else this.#waits = [...this.#waits, wait].slice(-KEPT_WAITS)
  }

  /** No question was reported: a span may still say since when the user was waited for. */
  #untold({ source }: Decision, { at, toldAt }: Told, settle: Unseen['settle']): void {
    const known = this.#waits.find((wait) => isOf(wait, { at, source }))
    this.#waits = this.#waits.filter((wait) => wait !== known)
    if (known !== undefined) {
      settle(Math.min(known.startedAt, at))
      return
    }
    const unseen: Unseen = {
      ...{ at, source },
      settle: (askedAt) => {
        callOff()
        this.#unseen = this.#unseen.filter((one) => one !== unseen)
        settle(askedAt)
      },
    }
    const { deadlines } = this.#session
    const callOff = deadlines.at(toldAt + WAIT_TOLD_MICROSECONDS, () => unseen.settle())
    this.#unseen.push(unseen)
  }

  /** The call has run, so it was allowed, but when is unknown. */
  hasRun(callId: string, at: number): void {
    this.#held.delete(callId)
    const asked = this.#about(callId)
    if (asked === undefined) return
    this.#open.delete(asked.id)
    const outcome = asked.tool === USER_INPUT ? 'answered' : 'allowed'
    this.#answer(asked.id, { outcome, at, isWaitUnknown: true })
  }

  #answerOf(toolName: string, decision: Decision): Omit<ApprovalAnswered, 'at'> {
    const answer = answerOf(decision)
    const isAnswered = toolName === USER_INPUT && answer.outcome === 'allowed'
    return isAnswered ? { ...answer, outcome: 'answered' } : answer
  }

  // Claude Code reports `No` and Esc alike; whether the turn went on is seen from what follows.
  #refused(id: string, told: Told, isWaitUnknown: boolean): void {
    const { conversation, at, toldAt } = told
    const settle = () => {
      callOff()
      this.#refusals = this.#refusals.filter((one) => one !== refusal)
      const hasGoneOn = (this.#lastRequest.get(conversationKey(conversation)) ?? 0) >= at
      const outcome = hasGoneOn ? 'denied' : 'cancelled'
      const { decision, decidedBy } = answerOf({ word: 'reject', source: 'user_reject' })
      this.#answer(id, { decision, decidedBy, outcome, at, isWaitUnknown })
      if (!hasGoneOn) this.#stopped(conversation, at)
    }
    const refusal = { conversation, settle }
    const callOff = this.#session.deadlines.at(toldAt + GOING_ON_MICROSECONDS, settle)
    this.#refusals.push(refusal)
    const last = this.#lastTurn.get(conversation.threadId ?? '')
    if (last !== undefined && last !== conversation.turnId) settle()
  }

  #stopped(conversation: Conversation, at: number): void {
    const { cancellations } = this.#session
    cancellations.request({ origin: 'approval', reason: 'user_reject', conversation, at })
    this.#session.turnEnded(conversation, 'interrupted', at)
  }

  #askedUnseen(tool: string, callId: string, told: Told): string {
    const { command, files, path } = this.#session.tools.factsOf(callId)
    const name = tool
    const question = questionOf({ name, input: { command, file_path: files?.[0] ?? path } })
    return this.#ask({ name, input: {} }, question, { ...told, cwd: undefined, callId })
  }

  /** The tool is running from now on: what is asked is a part of it. */
  #ask(
    { name, input }: Pick<HookTool, 'name' | 'input'>,
    question: ToolQuestion,
    told: Told & { cwd: string | undefined; callId: string | undefined },
  ): string {
    const { conversation, at, cwd, callId } = told
    this.#count += 1
    const id = ['hook', callId ?? 'unknown', this.#count].join(' ')
    if (callId !== undefined)
      this.#session.tools.start(callId, conversation, at, { ...toolFacts(name, input), cwd })
    this.#session.approvals.asked(id, id, { ...question, cwd, callId, conversation, at })
    this.#open.set(id, { id, callId, tool: name, conversation, askedAt: at })
    return id
  }

  #answer(id: string, answer: ApprovalAnswered): void {
    this.#session.approvals.answered(id, answer)
  }
}

function isOf(wait: Wait, { at, source }: Pick<Unseen, 'at' | 'source'>): boolean {
  return wait.source === source && Math.abs(wait.endedAt - at) <= APART_MICROSECONDS
}
