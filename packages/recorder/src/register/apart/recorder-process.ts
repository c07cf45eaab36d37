import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { PIPE } from './descriptors.js'
import type { FromRecorder } from './from-host.js'
import type { Pipe } from './outbox.js'
import { unpatched } from './unpatched.js'

export type RecorderProcessOptions = {
  environment: NodeJS.ProcessEnv
  onWord: (word: FromRecorder) => void
  /** Called if the process ends before it was told to, or could not be started. */
  onGone: (reason: string) => void
}

/**
 * The recorder process, and the pipe to it. Bytes in the pipe are with the kernel, so they outlive
 * a killed host. It keeps no host alive, and a terminal's signals do not reach it.
 */
export class RecorderProcess implements Pipe {
  readonly #onWord: (word: FromRecorder) => void
  readonly #onGone: (reason: string) => void
  readonly #process: ChildProcess
  readonly #socket: OwnSocket | undefined
  #isGone = false
  #heard = ''

  constructor({ environment, onWord, onGone }: RecorderProcessOptions) {
    this.#onWord = onWord
    this.#onGone = onGone
    this.#process = unpatched.spawn(
      process.execPath,
      [fileURLToPath(new URL('./host-recorder.cjs', import.meta.url))],
      {
        env: environmentOf(environment),
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
        detached: true,
        windowsHide: true,
      },
    )
    this.#process.on('error', (error) => this.#gone(String(error)))
    this.#process.on('exit', () => this.#gone('it has ended'))
    this.#process.unref()
    // If the system is out of descriptors, there are no streams.
    const { stdio = [] } = this.#process as { stdio?: unknown[] }
    this.#socket = stdio[PIPE] as OwnSocket | undefined
    this.#socket?.on('error', () => this.#gone('it does not read any more'))
    this.#socket?.on('close', () => this.#gone('it does not read any more'))
    this.#socket?.on('data', (bytes) => this.#hear(bytes))
    this.#socket?.unref()
  }

  get isOpen(): boolean {
    // If it could not be started, an event reports the reason a moment later.
    return !this.#isGone && this.#process.pid !== undefined
  }

  // Writes to the descriptor itself: a stream would keep what the pipe does not accept, and nothing
  // could hand that over when the process exits.
  write(parts: readonly Uint8Array[]): number {
    return this.#call((descriptor) => unpatched.writevSync(descriptor, parts))
  }

  /**
   * Blocks until `isDone`, for at most this many milliseconds, and keeps calling `work` meanwhile.
   */
  wait(milliseconds: number, work: () => void, isDone: () => boolean): void {
    const until = unpatched.now() + milliseconds
    const sleeping = new Int32Array(new SharedArrayBuffer(4))
    const bytes = Buffer.alloc(4096)
    for (;;) {
      work()
      const read = this.#call((descriptor) => unpatched.readSync(descriptor, bytes))
      if (read > 0) this.#hear(bytes.subarray(0, read))
      if (isDone() || !this.isOpen || unpatched.now() >= until) return
      if (read === 0) Atomics.wait(sleeping, 0, 0, LOOK_MILLISECONDS)
    }
  }

  #call(call: (descriptor: number) => number): number {
    // Once the stream is closed, its descriptor number may belong to another file.
    const descriptor = this.#socket?._handle?.fd
    if (!this.isOpen || descriptor === undefined || descriptor < 0) return 0
    try {
      return call(descriptor)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN' && code !== 'EINTR') this.#gone(String(code))
      return 0
    }
  }

  #hear(bytes: Buffer): void {
    this.#heard += bytes
    const lines = this.#heard.split('\n')
    this.#heard = lines.pop() ?? ''
    for (const line of lines) {
      try {
        this.#onWord(unpatched.parse(line))
      } catch {
        // Not a message, and there is nobody to tell.
      }
    }
  }

  #gone(reason: string): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#onGone(reason)
  }
}

/** How often to try the pipe while blocking. */
const LOOK_MILLISECONDS = 0.5

/** A socket with a member that Node's types omit. */
type OwnSocket = Socket & { _handle?: { readonly fd: number } | null }

// A preload of the host's would record this process, and its coverage is not the host's.
function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, TACHO_PERSIST_SESSION: ___, ...more } = environment
  return { ...more, ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: '1' }) }
}
