import type { Deadlines } from '../session/deadlines.js'
import { type HookTool, isAbout } from './hook-message.js'

/** Records a question, with its call if that is known by then. */
export type Ask = (callId: string | undefined) => Asked

/** A recorded question, whose call may become known later. */
export type Asked = { isOfCall: (callId: string) => void }

// A question and its call are reported by two processes, and either can come first.
const CALL_MICROSECONDS = 100_000

/**
 * Finds the call that a question is about: Codex tells a hook what the call says, but not its id.
 */
export class HookCalls {
  readonly #deadlines: Deadlines
  /** The calls of a turn that no question has been about yet. */
  readonly #calls = new Map<string, HookTool[]>()
  /** The questions of a turn whose call is unknown so far. */
  readonly #questions = new Map<string, Callless[]>()

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines
  }

  called(turnId: string, tool: HookTool, callId: string): void {
    const question = take(this.#questions.get(turnId), (one) => isAbout(one.tool, tool))
    if (question === undefined) add(this.#calls, turnId, tool)
    else question.found(callId)
  }

  /** Returns when the question before a call was asked, if it was reported before the call. */
  askedAt(turnId: string, tool: HookTool): number | undefined {
    return this.#questions.get(turnId)?.find((one) => isAbout(one.tool, tool))?.at
  }

  /**
   * Asks as soon as the call is known; without it if it does not become known soon.
   *
   * @param times when the question was asked, and when that was reported.
   */
  asked(turnId: string, tool: HookTool, times: { at: number; toldAt: number }, ask: Ask): void {
    const call = take(this.#calls.get(turnId), (one) => isAbout(tool, one))
    if (call !== undefined) {
      ask(call.callId)
      return
    }
    const question: Callless = {
      tool,
      at: times.at,
      found(callId) {
        callOff()
        ask(callId)
      },
    }
    const callOff = this.#deadlines.at(times.toldAt + CALL_MICROSECONDS, () => {
      question.found = ask(undefined).isOfCall
    })
    add(this.#questions, turnId, question)
  }

  turnOver(turnId: string): void {
    this.#calls.delete(turnId)
    this.#questions.delete(turnId)
  }
}

type Callless = { tool: HookTool; at: number; found: (callId: string) => void }

function add<One>(all: Map<string, One[]>, key: string, one: One): void {
  const ones = all.get(key) ?? []
  ones.push(one)
  all.set(key, ones)
}

/** Removes and returns the first match. */
function take<One>(ones: One[] = [], isSuch: (one: One) => boolean): One | undefined {
  const at = ones.findIndex(isSuch)
  return at < 0 ? undefined : ones.splice(at, 1)[0]
}
