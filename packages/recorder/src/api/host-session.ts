import type { ApprovalKind, ApprovalOutcome, CancellationOrigin, DecidedBy } from '@tacho/model'
import type { Given } from './follow.js'
import type { SessionLogger } from './session-logger.js'

/** Where something belongs that is told from outside of the work of its turn. */
export type RunningTurn = {
  readonly id: string
}

export type TurnOptions = {
  /** The agent that works in it. */
  name?: string
  /** The conversation that it is a part of, by a name of the program's own, where it has several. */
  thread?: string
  /** When it aborts, the turn is to stop: that is told as a cancellation, with its reason. */
  signal?: AbortSignal
}

export type ToolOptions = {
  /** The model's id of the call. */
  callId?: string
}

export type ApprovalQuestion = {
  /** What is to be allowed: the command, the file, the question. */
  what: string
  /** Default: `tool`, a call of a tool of the program's. */
  kind?: ApprovalKind
  /** Why it is asked for. */
  reason?: string
  /** The decisions that are offered, in the program's words. */
  offered?: readonly string[]
  /** The model's id of the call that waits; default: the call of the tool that this is asked in. */
  callId?: string
}

export type ApprovalAnswer = {
  /** In the program's own words. */
  decision?: string
  decidedBy?: DecidedBy
  /** The rule that decided, or that the answer makes. */
  rule?: string
  /** Why, in the words of who decided. */
  rationale?: string
}

export type CancellationRequest = {
  /** What was done: `SIGINT`, `the Stop button` … */
  reason: string
  /** Where it came from; default: `host`, the program itself. */
  origin?: CancellationOrigin
  /** What is to stop; default: the turn that this is told in, and outside of any all that go on. */
  turn?: RunningTurn
}

/**
 * What a program tells of its session, where it is recorded (`tacho/register`). Where it is not, each
 * member does as good as nothing. None of them throws, whatever it is given; errors of the program's own
 * work pass through as they are.
 */
export type HostSession = {
  /** The session's id; nothing where this process is not recorded. */
  readonly id: string | undefined
  /** Lines of `session.log`, secrets replaced: a logger of winston. */
  readonly log: SessionLogger
  /**
   * Work for one request of a user. It lasts until what `work` gives has settled. Requests to models,
   * tools and all else that happens in it belongs to it, over asynchronous work, too.
   *
   * @returns what `work` gives.
   */
  turn<Result>(work: (turn: RunningTurn) => Result): Given<Result>
  turn<Result>(
    name: string | TurnOptions | undefined,
    work: (turn: RunningTurn) => Result,
  ): Given<Result>
  /**
   * A call of a tool of the program's.
   *
   * @param input what it is given. Members `command`, `cmd`, `path`, `query` and `workdir` are shown.
   * @returns what `work` gives.
   */
  tool<Result>(
    name: string,
    input: unknown,
    work: () => Result,
    options?: ToolOptions,
  ): Given<Result>
  /**
   * A question asked before an action.
   *
   * @returns what to call when it is answered; another call of it changes nothing.
   */
  approval(question: ApprovalQuestion): (outcome: ApprovalOutcome, answer?: ApprovalAnswer) => void
  /**
   * Somebody or something asks that what is going on stops.
   *
   * @returns what to call when all has stopped; a turn that ends says so by itself.
   */
  cancellation(request: CancellationRequest): () => void
  /** Something worth finding again in the session, with what belongs to it. */
  note(note: string, details?: unknown): void
}
