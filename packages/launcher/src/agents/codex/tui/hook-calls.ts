import { type HookTool, isAbout } from './hook-message.js'
import type { Waiting } from './waiting.js'

/** Records a question: about the call, where it is known by then. */
export type Ask = (callId: string | undefined) => Asked

/** A question that was recorded: its call may become known after all. */
export type Asked = { isOfCall: (callId: string) => void }

// A question and its call are told by two processes, and either can be the first.
const CALL_MILLISECONDS = 100

/** Which call a question is about: Codex tells a hook the words of the call, and not its id. */
export class HookCalls {
  readonly #waiting: Waiting
  /** The calls of a turn that no question was about yet. */
  readonly #calls = new Map<string, HookTool[]>()
  /** The questions of a turn whose call is not known yet. */
  readonly #questions = new Map<string, Callless[]>()

  constructor(waiting: Waiting) {
    this.#waiting = waiting
  }

  called(turnId: string, tool: HookTool, callId: string): void {
    const question = take(this.#questions.get(turnId), (one) => isAbout(one.tool, tool))
    if (question === undefined) add(this.#calls, turnId, tool)
    else question.found(callId)
  }

  /** When the question before a call was asked, where that was told before the call was. */
  askedAt(turnId: string, tool: HookTool): number | undefined {
    return this.#questions.get(turnId)?.find((one) => isAbout(one.tool, tool))?.at
  }

  /** Asks as soon as the call is known, and without it where it does not become known soon. */
  asked(turnId: string, tool: HookTool, at: number, ask: Ask): void {
    const call = take(this.#calls.get(turnId), (one) => isAbout(tool, one))
    if (call !== undefined) {
      ask(call.callId)
      return
    }
    const question: Callless = {
      tool,
      at,
      found(callId) {
        callOff()
        ask(callId)
      },
    }
    const callOff = this.#waiting.after(CALL_MILLISECONDS, () => {
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

/** Takes the first such one away. */
function take<One>(ones: One[] = [], isSuch: (one: One) => boolean): One | undefined {
  const at = ones.findIndex(isSuch)
  return at < 0 ? undefined : ones.splice(at, 1)[0]
}
