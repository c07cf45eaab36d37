import type { ApprovalKind, ApprovalOutcome, CancellationOrigin, DecidedBy } from '@tacho/model'
import type { Given } from './follow.js'
import type { SessionLogger } from './session-logger.js'

/** A running turn, to refer to it from outside its work. */
export type RunningTurn = {
  readonly id: string
}

export type TurnOptions = {
  /** The agent that runs the turn. */
  name?: string
  /** The program's own name for the conversation, if it has several. */
  thread?: string
  /** Aborting it asks the turn to stop: this records a cancellation, with its reason. */
  signal?: AbortSignal
}

export type ToolOptions = {
  /** The model's id for the call. */
  callId?: string
}

export type ApprovalQuestion = {
  /** What would be allowed: the command, the file, the question. */
  what: string
  /** Default: `tool`, a call of one of the program's tools. */
  kind?: ApprovalKind
  /** Why permission is needed. */
  reason?: string
  /** The decisions offered, in the program's words. */
  offered?: readonly string[]
  /** The model's id for the call that waits; default: the tool call that this is asked in. */
  callId?: string
}

export type ApprovalAnswer = {
  /** The program's own word. */
  decision?: string
  decidedBy?: DecidedBy
  /** The rule that decided, or that the answer creates. */
  rule?: string
  /** Why, in the words of whoever decided. */
  rationale?: string
}

export type CancellationRequest = {
  /** What triggered it: `SIGINT`, `the Stop button` … */
  reason: string
  /** Where it came from; default: `host`, the program itself. */
  origin?: CancellationOrigin
  /**
   * The turn to stop; default: the turn that this is called in, or outside any turn, all open ones.
   */
  turn?: RunningTurn
}

/**
 * How a program describes its own session while it is recorded (`tacho/register`). If it is not
 * recorded, the members do next to nothing. None of them throws, whatever the arguments; errors of
 * the program's own work pass through unchanged.
 */
export type HostSession = {
  /** The session's id, or undefined if this process is not recorded. */
  readonly id: string | undefined
  /** A winston logger that writes to `session.log`, with secrets replaced. */
  readonly log: SessionLogger
  /**
   * Runs the work for one user request as a turn, which lasts until the result of `work` has
   * settled. Everything that happens in it belongs to it, including model requests, tool calls and
   * asynchronous work.
   *
   * @returns what `work` returns.
   */
  turn<Result>(work: (turn: RunningTurn) => Result): Given<Result>
  turn<Result>(
    name: string | TurnOptions | undefined,
    work: (turn: RunningTurn) => Result,
  ): Given<Result>
  /**
   * Runs a call of one of the program's tools.
   *
   * @param input the tool's input. Members `command`, `cmd`, `path`, `query` and `workdir` are
   * displayed.
   * @returns what `work` returns.
   */
  tool<Result>(
    name: string,
    input: unknown,
    work: () => Result,
    options?: ToolOptions,
  ): Given<Result>
  /**
   * Records a question asked before an action.
   *
   * @returns a function to call with the answer; only its first call counts.
   */
  approval(question: ApprovalQuestion): (outcome: ApprovalOutcome, answer?: ApprovalAnswer) => void
  /**
   * Records that someone or something asks running work to stop.
   *
   * @returns a function to call once everything has stopped; not needed for a turn, whose end is
   * recorded.
   */
  cancellation(request: CancellationRequest): () => void
  /** Records something worth finding later, with optional details. */
  note(note: string, details?: unknown): void
}
