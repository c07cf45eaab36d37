import { HeadCutter } from './wire/head-cutter.js'
import { type ResponseHead, readResponseHead } from './wire/message-head.js'

/** The longest head of an answer to wait for; a longer one passes unchanged. */
const HEAD_BYTES = 1024 * 1024

/** The offset of the status, after `HTTP/1.1 `. */
const STATUS_AT = 9

/** Returns the head of a redirect with a different target, or undefined to leave it unchanged. */
export type Redirected = (
  head: ResponseHead,
  wire: Buffer,
) => Buffer | Promise<Buffer | undefined> | undefined

type Pass = (bytes: Buffer, was: Buffer) => void

/**
 * Holds the head of an answer while it may be a redirect. All other answers pass before anything
 * looks at them.
 */
export class HeldResponse {
  readonly #redirected: Redirected
  #heads: HeadCutter | undefined
  /** What has arrived since a redirect began to wait for its target. */
  #waiting: Buffer[] | undefined

  constructor(redirected: Redirected) {
    this.#redirected = redirected
  }

  /** Whether the beginning of an answer is held. */
  get isHolding(): boolean {
    return this.#heads !== undefined || this.#waiting !== undefined
  }

  /** Whether a redirect waits for its target. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** Whether an answer that begins this way must be held: a redirect may follow an interim one. */
  mustHold(bytes: Buffer): boolean {
    if (bytes.length <= STATUS_AT) return 'HTTP/1.'.startsWith(bytes.toString('latin1', 0, 7))
    const first = bytes[STATUS_AT]
    return bytes[4] === SLASH && (first === ONE || first === THREE)
  }

  /** @param pass receives what goes on to the agent, and the original bytes. */
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

  /** Passes what is held unchanged. */
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
