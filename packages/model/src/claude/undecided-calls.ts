import { list, record } from '../codex/values.js'
import type { Deadlines } from '../session/deadlines.js'

/** A call by the model that nothing has been decided about yet. */
export type UndecidedCall = Question & {
  callId: string
  /** The exchange whose answer has the call; absent if a hook reported it. */
  exchange?: string
}

/** What is to be done if the user says yes. */
export type Question = Place & { input: Record<string, unknown> }

type Place = { name: string; threadId: string | undefined }

type Found = (callId: string | undefined) => void

/**
 * An answer is read once its bytes have gone on, and a compressed one in a thread, so Claude Code
 * can ask about a call before the call has been read.
 */
const READ_MICROSECONDS = 500_000

/** Texts of this length may have been cut when the question was recorded. */
const CUT_CHARACTERS = 4095

/**
 * Finds the call that a question is about. Claude Code (2.1.332) does not say which one it is, only
 * what it is about to do. That is what the call says, with members that Claude Code adds; if a hook
 * of the user's rewrote the input, it is only similar.
 */
export class UndecidedCalls {
  readonly #deadlines: Deadlines
  #calls: UndecidedCall[] = []
  /** Questions whose call has not been found yet. */
  #waiting: { question: Question; found: Found }[] = []

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines
  }

  /** The model has made a call. Its earlier answers in the same thread have been dealt with. */
  called(call: UndecidedCall): void {
    this.#calls = this.#calls.filter(
      ({ callId, threadId, exchange }) =>
        callId !== call.callId && (threadId !== call.threadId || exchange === call.exchange),
    )
    this.#calls.push(call)
    this.#waiting
      .find(({ question }) => isAbout(question, call) && isIts(question, call))
      ?.found(call.callId)
  }

  /** A call was decided, so no later question is about it. One that waits may have been. */
  decided(callId: string, place: Place): void {
    this.#waiting
      .find((one) => {
        if (!isAbout(one.question, place)) return false
        const closest = this.#closest(one.question)
        return closest === undefined || closest.callId === callId
      })
      ?.found(callId)
    this.#take(callId)
  }

  /**
   * Finds the call that a question is about.
   *
   * @param found called with its id, at once or when it is known; without one if it cannot be told.
   */
  find(question: Question, toldAt: number, found: Found): void {
    const call = this.#closest(question)
    if (call !== undefined && isIts(question, call)) {
      this.#take(call.callId)
      found(call.callId)
      return
    }
    const waiting = {
      question,
      found: (callId: string | undefined) => {
        callOff()
        this.#waiting = this.#waiting.filter((one) => one !== waiting)
        if (callId !== undefined) this.#take(callId)
        found(callId)
      },
    }
    const callOff = this.#deadlines.at(toldAt + READ_MICROSECONDS, () =>
      waiting.found(this.#closest(question)?.callId),
    )
    this.#waiting.push(waiting)
  }

  /** Of equally close calls, it is the first: Claude Code asks in their order. */
  #closest(question: Question): UndecidedCall | undefined {
    return this.#calls
      .filter((call) => isAbout(question, call))
      .sort((one, other) => closeness(question, other) - closeness(question, one))[0]
  }

  #take(callId: string): void {
    this.#calls = this.#calls.filter((one) => one.callId !== callId)
  }
}

function isAbout(question: Question, place: Place): boolean {
  return question.threadId === place.threadId && isCalled(question.name, place.name)
}

/** Returns whether a log event names this tool: it has one name for the tools of all MCP servers. */
export function isCalled(tool: string, told: string): boolean {
  return told === 'mcp_tool' ? tool.startsWith('mcp__') : tool === told
}

/** Returns whether a question has everything that the call says. */
function isIts(question: Question, call: UndecidedCall): boolean {
  return closeness(question, call) === Object.keys(call.input).length
}

/** Returns how many members of a call its question has. */
function closeness({ input }: Question, call: UndecidedCall): number {
  return Object.keys(call.input).filter((name) => says(input[name], call.input[name])).length
}

/** Returns whether a question says what the call says; it may say more, in another order. */
function says(asked: unknown, called: unknown): boolean {
  if (typeof called === 'string') return typeof asked === 'string' && isText(asked, called)
  if (Array.isArray(called))
    return (
      list(asked).length === called.length &&
      called.every((one, index) => says(list(asked)[index], one))
    )
  if (typeof called === 'object' && called !== null)
    return Object.entries(called).every(([name, one]) => says(record(asked)[name], one))
  return asked === called
}

/** A long text may have been cut, and a path is absolute in the question. */
function isText(asked: string, called: string): boolean {
  return (
    asked === called ||
    (asked.length >= CUT_CHARACTERS && called.startsWith(asked)) ||
    asked.endsWith(`/${called}`)
  )
}
