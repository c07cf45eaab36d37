import { Worker } from 'node:worker_threads'
import { DECODING_QUEUE_BYTES, DECODING_SILENCE_MILLISECONDS, FAULTS } from '../../limits.js'
import { programFile } from '../../program-file.js'
import type { Coding } from './codings.js'
import type { DecodingOutcome, FromDecoder, ToDecoder } from './messages.js'

/** Is told what comes out of a body. */
export type DecodingListener = {
  /**
   * @param at as it was given with the bytes on the wire that these came out of.
   * @param isContinued they came out of the same ones as those before.
   */
  decoded(bytes: Uint8Array, at: number, isContinued: boolean): void
  /** What it was last given is done: for who gives it no more than one piece at a time. */
  taken?(): void
  /** Once, behind all of it; before {@link BodyDecoding.end} where the rest is of no use. */
  over(outcome: DecodingOutcome): void
}

/** A body whose codings are being taken off. */
export type BodyDecoding = {
  push(bytes: Uint8Array, at: number): void
  /** Nothing more comes. */
  end(at: number): void
}

type OpenBody = { listener: DecodingListener; waitingBytes: number; isEnding: boolean }

/**
 * Takes content codings off in a thread of its own, which starts with the first body that has one.
 * What waits for it is bounded, it keeps no process alive, and it ends when it is told to, whatever
 * it is doing.
 */
export class DecodingThread {
  readonly #silence: number
  readonly #bodies = new Map<number, OpenBody>()
  #worker: Worker | undefined
  #next = 0
  #waitingBytes = 0
  /** Decoded bytes that it has not been told of yet. */
  #dealtWithBytes = 0
  #ended = 0
  #isClosed = false
  #isSilent = false
  #watch: NodeJS.Timeout | undefined

  /** @param options.silenceMilliseconds how long it may say nothing, twice, with work to do. */
  constructor({ silenceMilliseconds = DECODING_SILENCE_MILLISECONDS } = {}) {
    this.#silence = silenceMilliseconds
  }

  open(codings: readonly Coding[], listener: DecodingListener): BodyDecoding {
    this.#next += 1
    const body = this.#next
    this.#bodies.set(body, { listener, waitingBytes: 0, isEnding: false })
    if (this.#isClosed) this.#over(body, NOT_IN_TIME)
    else if (this.#ended >= FAULTS) this.#over(body, faultOf(HAS_ENDED))
    else this.#post({ kind: 'open', body, codings })
    return {
      push: (bytes, at) => this.#give(body, bytes, at),
      end: (at) => this.#end(body, at),
    }
  }

  /** Ends it. What is not decoded by now is not decoded any more. */
  close(): void {
    this.#isClosed = true
    this.#stop(NOT_IN_TIME)
  }

  #give(body: number, bytes: Uint8Array, at: number): void {
    const open = this.#bodies.get(body)
    if (open === undefined) return
    if (this.#waitingBytes + bytes.length > DECODING_QUEUE_BYTES) {
      this.#post({ kind: 'drop', body })
      this.#over(body, faultOf('it came faster than it could be decoded'))
      return
    }
    open.waitingBytes += bytes.length
    this.#waitingBytes += bytes.length
    // Its memory is part of what a socket reads into.
    const own = new Uint8Array(bytes)
    this.#post({ kind: 'bytes', body, at, bytes: own }, own)
  }

  #end(body: number, at: number): void {
    const open = this.#bodies.get(body)
    if (open === undefined) return
    open.isEnding = true
    this.#post({ kind: 'end', body, at })
  }

  #heard(message: FromDecoder): void {
    this.#isSilent = false
    const { body } = message
    if (message.kind === 'taken') {
      this.#taken(body, message.bytes)
      this.#bodies.get(body)?.listener.taken?.()
    } else if (message.kind === 'over') this.#over(body, message.outcome)
    else {
      this.#decoded(message)
      this.#dealtWith(message.bytes.length)
    }
  }

  // Once in a turn of the event loop: what follows at once would come in the same turn, and the
  // host's own work would wait for all of it.
  #dealtWith(bytes: number): void {
    if (this.#dealtWithBytes === 0) setImmediate(() => this.#askForMore()).unref()
    this.#dealtWithBytes += bytes
  }

  #askForMore(): void {
    const bytes = this.#dealtWithBytes
    this.#dealtWithBytes = 0
    this.#worker?.postMessage({ kind: 'dealt-with', bytes } satisfies ToDecoder)
  }

  // Messages come on their own, outside of the wall that all other work stands behind: what is
  // thrown here would end the host.
  #decoded({ body, bytes, at, isContinued }: Extract<FromDecoder, { kind: 'decoded' }>): void {
    try {
      this.#bodies.get(body)?.listener.decoded(bytes, at, isContinued)
    } catch (cause) {
      this.#post({ kind: 'drop', body })
      this.#over(body, faultOf(String(cause)))
    }
  }

  #taken(body: number, bytes: number): void {
    const open = this.#bodies.get(body)
    if (open === undefined) return
    open.waitingBytes -= bytes
    this.#waitingBytes -= bytes
  }

  #over(body: number, outcome: DecodingOutcome): void {
    const open = this.#bodies.get(body)
    if (open === undefined) return
    this.#taken(body, open.waitingBytes)
    this.#bodies.delete(body)
    if (this.#bodies.size === 0) this.#unwatch()
    try {
      open.listener.over(outcome)
    } catch {
      // Its exchange has no end, then: as if the recording had stopped here.
    }
  }

  #post(message: ToDecoder, bytes?: Uint8Array<ArrayBuffer>): void {
    const worker = this.#worker ?? this.#start()
    worker.postMessage(message, bytes === undefined ? [] : [bytes.buffer])
    this.#watch ??= setInterval(() => this.#look(), this.#silence).unref()
  }

  #start(): Worker {
    const worker = new Worker(programFile('decoder-thread', import.meta.url), {
      // A preload, in our options or our environment, would record us.
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
    })
    worker.on('message', (message: FromDecoder) => this.#heard(message))
    worker.on('error', () => this.#failed(worker))
    worker.on('exit', () => this.#failed(worker))
    // Behind the listeners, because one of them would keep the process alive again.
    worker.unref()
    this.#worker = worker
    this.#dealtWithBytes = 0
    return worker
  }

  #failed(worker: Worker): void {
    if (this.#worker !== worker) return
    this.#ended += 1
    this.#stop(faultOf(HAS_ENDED))
  }

  // A body may have been made to keep a decoder busy for hours, and others wait behind it. Twice, for
  // a machine that slept has silence behind it that means nothing.
  #look(): void {
    const hasWork = [...this.#bodies.values()].some(
      ({ waitingBytes, isEnding }) => waitingBytes > 0 || isEnding,
    )
    if (hasWork && this.#isSilent) {
      this.#ended += 1
      this.#stop(NOT_IN_TIME)
    }
    this.#isSilent = hasWork
  }

  #unwatch(): void {
    clearInterval(this.#watch)
    this.#watch = undefined
    this.#isSilent = false
  }

  #stop(outcome: DecodingOutcome): void {
    const worker = this.#worker
    this.#worker = undefined
    this.#unwatch()
    for (const body of this.#bodies.keys()) this.#over(body, outcome)
    // Not waited for: it ends in its own time, and holds nobody up.
    void worker?.terminate()
  }
}

const HAS_ENDED = 'the thread that decodes has ended'
const NOT_IN_TIME = faultOf('not decoded in time')

function faultOf(fault: string): DecodingOutcome {
  return { fault, isShort: false }
}
