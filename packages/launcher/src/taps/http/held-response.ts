import { HeadCutter } from './wire/head-cutter.js'
import { type ResponseHead, readResponseHead } from './wire/message-head.js'

/** Longest head of an answer that is waited for; a longer one passes as it is. */
const HEAD_BYTES = 1024 * 1024

/** `HTTP/1.1 ` and the first digit of the status. */
const STATUS_AT = 9

/** The head of a redirection with another place to lead to; nothing where it stays as it is. */
export type Redirected = (
  head: ResponseHead,
  wire: Buffer,
) => Buffer | Promise<Buffer | undefined> | undefined

type Pass = (bytes: Buffer, was: Buffer) => void

/**
 * Holds the head of an answer back for as long as it may be a redirection. All other answers pass
 * before anything looks at them.
 */
export class HeldResponse {
  readonly #redirected: Redirected
  #heads: HeadCutter | undefined
  /** What has come since a redirection waits for where it leads. */
  #waiting: Buffer[] | undefined

  constructor(redirected: Redirected) {
    this.#redirected = redirected
  }

  /** Whether the beginning of an answer is held. */
  get isHolding(): boolean {
    return this.#heads !== undefined || this.#waiting !== undefined
  }

  /** Whether a redirection waits for where it leads. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** Whether an answer that begins so must be held: an interim one may have a redirection behind it. */
  mustHold(bytes: Buffer): boolean {
    if (bytes.length <= STATUS_AT) return 'HTTP/1.'.startsWith(bytes.toString('latin1', 0, 7))
    const first = bytes[STATUS_AT]
    return bytes[4] === SLASH && (first === ONE || first === THREE)
  }

  /** @param pass is given what goes on to the agent, and what it was. */
  push(bytes: Buffer, pass: Pass): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(bytes)
      return
    }
    this.#heads ??= new HeadCutter(HEAD_BYTES)
    const cut = this.#heads.push(bytes)
    if (cut === 'more') return
    if (cut === 'too-long') {
      this.release(pass)
      return
    }
    this.#heads = undefined
    const head = readResponseHead(cut.head.toString('latin1'))
    const other = head === undefined ? undefined : this.#redirected(head, cut.head)
    if (other instanceof Promise) {
      this.#waiting = [cut.rest]
      void other.then((found) => this.#goOn(found ?? cut.head, cut.head, head, pass))
    } else this.#passOn(other ?? cut.head, cut.head, cut.rest, head, pass)
  }

  /** Passes what is held as it is. */
  release(pass: Pass): void {
    const held = this.#heads?.take()
    this.#heads = undefined
    if (held !== undefined && held.length > 0) pass(held, held)
  }

  #goOn(bytes: Buffer, was: Buffer, head: ResponseHead | undefined, pass: Pass): void {
    const rest = Buffer.concat(this.#waiting ?? [])
    this.#waiting = undefined
    this.#passOn(bytes, was, rest, head, pass)
  }

  #passOn(
    bytes: Buffer,
    was: Buffer,
    rest: Buffer,
    head: ResponseHead | undefined,
    pass: Pass,
  ): void {
    pass(bytes, was)
    const isInterim = head !== undefined && head.status < 200 && head.status !== 101
    if (rest.length > 0 && isInterim && this.mustHold(rest)) this.push(rest, pass)
    else if (rest.length > 0) pass(rest, rest)
  }
}

const [SLASH, ONE, THREE] = [0x2f, 0x31, 0x33]
