import {
  BATCH_BYTES,
  BODY_PIECE_BYTES,
  DIRECT_BYTES,
  OUTBOX_BYTES,
  OUTBOX_MESSAGE_BYTES,
} from '../../limits.js'
import { Backlog } from './backlog.js'
import { FORM, FORM_AT, HEAD_BYTES, MONOTONIC_AT, REQUEST_BYTES, WALL_AT } from './frame.js'
import type { FromHost } from './from-host.js'
import { unpatched } from './unpatched.js'
import type { Untold } from './untold.js'

/** Accepts bytes without blocking. */
export type Pipe = {
  /**
   * Returns how many bytes it accepted: none if it is full, or if nothing reads from it any more.
   */
  write(parts: readonly Uint8Array[]): number
  /** Whether anything reads from it. */
  readonly isOpen: boolean
}

type Form = (typeof FORM)[keyof typeof FORM]

type Batch = {
  readonly bytes: Buffer
  readonly view: DataView
  used: number
  /** Whose bytes the last piece holds while more of the same read may follow; see {@link ownerOf}. */
  owner: number
  /** Where that piece begins. */
  at: number
}

/**
 * A host's messages on their way into the pipe: batched for one turn of the event loop, then handed
 * to the kernel, where they outlive the host. The host waits for none of this. What the pipe does
 * not accept is kept up to {@link OUTBOX_BYTES}; above that, bytes of bodies are refused, and later
 * messages too, which are counted.
 */
export class Outbox {
  readonly #pipe: Pipe
  readonly #batch = batchOf(BATCH_BYTES)
  /** What the pipe did not accept. */
  readonly #waiting = new Backlog()
  /** When it last failed to accept everything. */
  #fullAt = 0
  #untold: { since: number; lost: Record<string, number> } | undefined
  #isPlanned = false
  #timer: NodeJS.Timeout | undefined

  constructor(pipe: Pipe) {
    this.#pipe = pipe
  }

  /** Whether everything is with the kernel. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#batch.used === 0
  }

  /** What was lost since the recorder process was last told of a loss; it may be gone. */
  get untold(): Untold | undefined {
    return this.#untold
  }

  /** Sends a message at the end of this turn of the event loop. */
  tell(message: FromHost): void {
    if (!this.#pipe.isOpen || this.#waiting.length > OUTBOX_BYTES + OUTBOX_MESSAGE_BYTES) {
      this.#untold ??= { since: unpatched.wallNow(), lost: {} }
      const { lost } = this.#untold
      lost[message.kind] = (lost[message.kind] ?? 0) + 1
      return
    }
    this.#tellLost()
    this.#put(message)
  }

  /** Sends a message at once: when this returns, it outlives the process, if the pipe has room. */
  tellNow(message: FromHost): void {
    this.tell(message)
    this.flush()
  }

  /**
   * Sends bytes of a body. The host may reuse them once this returns.
   *
   * @returns false if too much is waiting to accept them.
   */
  bytes(form: Form, request: number, bytes: Uint8Array): boolean {
    if (!this.#pipe.isOpen) return true
    if (this.#waiting.length + this.#batch.used + bytes.length > OUTBOX_BYTES) return false
    if (bytes.length <= BODY_PIECE_BYTES) this.#putBytes(form, request, bytes)
    else
      for (let at = 0; at < bytes.length; at += BODY_PIECE_BYTES)
        this.#putBytes(form, request, bytes.subarray(at, at + BODY_PIECE_BYTES))
    return true
  }

  /**
   * Returns a function that takes each chunk of a body. A client passes on each chunk of the wire's
   * framing separately, and one read can contain hundreds: they arrived together and are sent as one
   * piece. So a chunk is added to the piece before it if both came in one read and there is room; this
   * is all the work per chunk, and it calls nothing of ours, since V8 has compiled none of it for the
   * first thousands.
   *
   * @param otherwise takes a chunk that begins a piece.
   */
  chunks(
    form: Form,
    request: number,
    otherwise: (bytes: Uint8Array) => void,
  ): (bytes: Uint8Array) => void {
    const batch = this.#batch
    const owner = ownerOf(form, request)
    return (bytes) => {
      const used = batch.used + bytes.length
      if (batch.owner === owner && used <= BATCH_BYTES) {
        batch.bytes.set(bytes, batch.used)
        batch.used = used
      } else otherwise(bytes)
    }
  }

  /** Hands over what the pipe accepts. */
  flush(): void {
    this.#endPiece()
    if (this.#batch.used > 0) this.#send()
  }

  /** Also hands over what is waiting, as far as the pipe accepts it. */
  drain(): void {
    this.flush()
    this.#drain()
  }

  /** Takes what the pipe has not accepted; the caller hands it over. */
  takeWaiting(): Uint8Array[] {
    this.flush()
    return this.#waiting.takeAll()
  }

  #put(message: FromHost): void {
    const json = unpatched.stringify(message)
    this.#endPiece()
    const most = HEAD_BYTES + 3 * json.length
    if (most <= BATCH_BYTES) {
      this.#makeRoom(most)
      const batch = this.#batch
      const length = batch.bytes.write(json, batch.used + HEAD_BYTES)
      writeHead(batch.view, batch.used, FORM.json, length)
      batch.used += HEAD_BYTES + length
    } else {
      const { bytes, view } = batchOf(HEAD_BYTES + Buffer.byteLength(json))
      bytes.write(json, HEAD_BYTES)
      writeHead(view, 0, FORM.json, bytes.length - HEAD_BYTES)
      this.#send(bytes)
    }
    this.#plan()
  }

  #putBytes(form: Form, request: number, bytes: Uint8Array): void {
    this.#endPiece()
    const headLength = HEAD_BYTES + REQUEST_BYTES
    const isDirect = bytes.length >= DIRECT_BYTES
    this.#makeRoom(isDirect ? headLength : headLength + bytes.length)
    const batch = this.#batch
    const at = batch.used
    writeHead(batch.view, at, form, REQUEST_BYTES + bytes.length)
    batch.view.setUint32(at + HEAD_BYTES, request, true)
    batch.used += headLength
    if (isDirect) {
      this.#send(bytes)
      return
    }
    batch.bytes.set(bytes, batch.used)
    batch.used += bytes.length
    batch.owner = ownerOf(form, request)
    batch.at = at
    // Runs before any other read.
    unpatched.queueMicrotask(this.#endPiece)
    this.#plan()
  }

  readonly #endPiece = (): void => {
    const batch = this.#batch
    if (batch.owner === NOBODY) return
    batch.owner = NOBODY
    batch.view.setUint32(batch.at, batch.used - batch.at - FORM_AT, true)
  }

  #makeRoom(length: number): void {
    if (this.#batch.used + length > BATCH_BYTES) this.flush()
  }

  /** @param more the host's memory, to send after the batch. */
  #send(more?: Uint8Array): void {
    const batch = this.#batch
    const parts: Uint8Array[] = []
    if (batch.used > 0) parts.push(batch.bytes.subarray(0, batch.used))
    if (more !== undefined) parts.push(more)
    batch.used = 0
    if (this.#waiting.length > 0 && unpatched.now() - this.#fullAt > FULL_MILLISECONDS)
      this.#drain()
    const taken = this.#waiting.length > 0 ? 0 : this.#pipe.write(parts)
    this.#keep(parts, taken)
  }

  #keep(parts: readonly Uint8Array[], taken: number): void {
    let skipped = taken
    for (const part of parts) {
      const rest = part.subarray(Math.min(skipped, part.length))
      skipped -= part.length - rest.length
      this.#waiting.append(rest)
    }
    if (this.#waiting.length === 0) return
    this.#fullAt = unpatched.now()
    this.#retry()
  }

  #drain(): void {
    while (this.#waiting.length > 0) {
      const taken = this.#pipe.write(this.#waiting.first)
      if (taken === 0) {
        this.#fullAt = unpatched.now()
        if (!this.#pipe.isOpen) this.#waiting.takeAll()
        return
      }
      this.#waiting.drop(taken)
    }
  }

  #tellLost(): void {
    const untold = this.#untold
    this.#untold = undefined
    if (untold !== undefined) this.#put({ kind: 'lost', lost: untold.lost })
  }

  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    unpatched.setImmediate(this.#onTurn).unref()
  }

  readonly #onTurn = (): void => {
    this.#isPlanned = false
    this.flush()
  }

  // Node does not report when a descriptor becomes writable again.
  #retry(): void {
    if (this.#timer === undefined) {
      this.#timer = unpatched.setTimeout(() => {
        this.#drain()
        if (this.#waiting.length > 0) this.#retry()
      }, 1)
      this.#timer.unref()
    } else this.#timer.refresh()
  }
}

/** A full pipe is not tried again before this: Node creates an error for each failed attempt. */
const FULL_MILLISECONDS = 2

function batchOf(length: number): Batch {
  const bytes = Buffer.allocUnsafeSlow(length)
  return { bytes, view: new DataView(bytes.buffer), used: 0, owner: NOBODY, at: 0 }
}

/** Bytes of no body. */
const NOBODY = -1

/** Returns a number for one body: comparing one is less work per chunk than two. */
function ownerOf(form: Form, request: number): number {
  return request * 256 + form
}

// A DataView takes a third of the time of a Buffer's methods.
function writeHead(into: DataView, at: number, form: Form, length: number): void {
  into.setUint32(at, HEAD_BYTES - FORM_AT + length, true)
  into.setUint8(at + FORM_AT, form)
  into.setFloat64(at + MONOTONIC_AT, unpatched.now(), true)
  into.setFloat64(at + WALL_AT, unpatched.wallNow(), true)
}
