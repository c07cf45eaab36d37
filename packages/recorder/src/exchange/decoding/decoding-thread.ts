import { Worker } from 'node:worker_threads'
import { DECODING_QUEUE_BYTES, DECODING_SILENCE_MILLISECONDS, FAULTS } from '../../limits.js'
import { programFile } from '../../program-file.js'
import type { Coding } from './codings.js'
import type { DecodingOutcome, FromDecoder, ToDecoder } from './messages.js'

/** Receives the output for a body. */
export type DecodingListener = {
  /**
   * @param at the value passed with the wire bytes that this output comes from.
   * @param isContinued whether it comes from the same wire bytes as the previous output.
   */
  decoded(bytes: Uint8Array, at: number, isContinued: boolean): void
  /** The last input is processed. For callers that pass one piece at a time. */
  taken?(): void
  /** Called once, after all output; before {@link BodyDecoding.end} if the rest is of no use. */
  over(outcome: DecodingOutcome): void
}

/** A body being decoded. */
export type BodyDecoding = {
  push(bytes: Uint8Array, at: number): void
  /** Ends the input. */
  end(at: number): void
}

type OpenBody = { listener: DecodingListener; waitingBytes: number; isEnding: boolean }

/**
 * Decodes content codings in a thread, which starts with the first body that has one. Its queue is
 * bounded, it keeps no process alive, and it stops when told to, whatever it is doing.
 */
export class DecodingThread {
  readonly #silence: number
  readonly #bodies = new Map<number, OpenBody>()
  #worker: Worker | undefined
  #next = 0
  #waitingBytes = 0
  /** Processed output not yet reported to the thread. */
  #dealtWithBytes = 0
  #ended = 0
  #isClosed = false
  #isSilent = false
  #watch: NodeJS.Timeout | undefined

  /**
   * @param options.silenceMilliseconds how long the thread may be silent, twice in a row, while it
   * has work.
   */
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

  /** Stops the thread. What is not decoded by now stays undecoded. */
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
    // Copied, because the memory belongs to a socket's read buffer.
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

  // Once per turn of the event loop: an immediate reply would arrive in the same turn, and the
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

  // Messages arrive outside the fault barrier that guards all other work: an exception here would
  // end the host.
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
      // The exchange is left without an end, as if the recording had stopped here.
    }
  }

  #post(message: ToDecoder, bytes?: Uint8Array<ArrayBuffer>): void {
    const worker = this.#worker ?? this.#start()
    worker.postMessage(message, bytes === undefined ? [] : [bytes.buffer])
    this.#watch ??= setInterval(() => this.#look(), this.#silence).unref()
  }

  #start(): Worker {
    const worker = new Worker(programFile('decoder-thread', import.meta.url), {
      // A preload in our options or environment would record this thread too.
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
    })
    worker.on('message', (message: FromDecoder) => this.#heard(message))
    worker.on('error', () => this.#failed(worker))
    worker.on('exit', () => this.#failed(worker))
    // After adding the listeners, because one of them would keep the process alive again.
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

  // A body can be made to keep a decoder busy for hours while others wait. Only two silences in a
  // row count, because the first one means nothing after the machine has slept.
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
    // Not awaited: it ends in its own time and delays nothing.
    void worker?.terminate()
  }
}

const HAS_ENDED = 'the thread that decodes has ended'
const NOT_IN_TIME = faultOf('not decoded in time')

function faultOf(fault: string): DecodingOutcome {
  return { fault, isShort: false }
}
