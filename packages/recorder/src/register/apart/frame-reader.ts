import { FORM, FORM_AT, HEAD_BYTES, MONOTONIC_AT, REQUEST_BYTES, WALL_AT } from './frame.js'
import type { FromHost, Told } from './from-host.js'

/** Receives a message. Its bytes are valid only until this returns. */
export type OnMessage = (message: FromHost, told: Told) => void

/** A reader's initial memory: more than one read of a pipe returns. */
const MEMORY_BYTES = 512 * 1024

/** Parses messages from the pipe's bytes. */
export class FrameReader {
  readonly #onMessage: OnMessage
  #memory = Buffer.allocUnsafeSlow(MEMORY_BYTES)
  #start = 0
  #end = 0

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage
  }

  /** Whether the input ended in the middle of a message. */
  get isTorn(): boolean {
    return this.#end > this.#start
  }

  push(bytes: Uint8Array): void {
    if (this.#memory.length - this.#end < bytes.length) this.#makeRoom(bytes.length)
    this.#memory.set(bytes, this.#end)
    this.#end += bytes.length
    for (;;) {
      const length = this.#wholeLength()
      if (length === undefined) break
      const at = this.#start
      this.#start += length
      this.#read(this.#memory.subarray(at, at + length))
    }
    if (this.#start === this.#end) this.#start = this.#end = 0
  }

  #wholeLength(): number | undefined {
    const there = this.#end - this.#start
    if (there < HEAD_BYTES) return undefined
    const length = FORM_AT + this.#memory.readUInt32LE(this.#start)
    return there < length ? undefined : length
  }

  #read(frame: Buffer): void {
    const told = {
      monotonic: frame.readDoubleLE(MONOTONIC_AT),
      wall: frame.readDoubleLE(WALL_AT),
    }
    const form = frame[FORM_AT]
    if (form === FORM.json) {
      const json = frame.toString('utf8', HEAD_BYTES)
      this.#onMessage(JSON.parse(json) as FromHost, told)
      return
    }
    const kind = form === FORM.requestBytes ? 'request-bytes' : 'response-bytes'
    const request = frame.readUInt32LE(HEAD_BYTES)
    this.#onMessage({ kind, request, bytes: frame.subarray(HEAD_BYTES + REQUEST_BYTES) }, told)
  }

  #makeRoom(bytes: number): void {
    const there = this.#end - this.#start
    const isTooSmall = there + bytes > this.#memory.length
    const memory = isTooSmall ? Buffer.allocUnsafeSlow(2 * (there + bytes)) : this.#memory
    this.#memory.copy(memory, 0, this.#start, this.#end)
    this.#memory = memory
    this.#start = 0
    this.#end = there
  }
}
