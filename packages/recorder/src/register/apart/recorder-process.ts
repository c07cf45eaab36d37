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
  /** It has ended before it was told to, or could not be started. */
  onGone: (reason: string) => void
}

/**
 * The process that records a host, and the pipe to it. Bytes in the pipe are with the kernel: they
 * outlive a host that is killed. It keeps no host alive, and no signal of a terminal's reaches it.
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
    // Where there are too few descriptors for it, there are no streams.
    const { stdio = [] } = this.#process as { stdio?: unknown[] }
    this.#socket = stdio[PIPE] as OwnSocket | undefined
    this.#socket?.on('error', () => this.#gone('it does not read any more'))
    this.#socket?.on('close', () => this.#gone('it does not read any more'))
    this.#socket?.on('data', (bytes) => this.#hear(bytes))
    this.#socket?.unref()
  }

  get isOpen(): boolean {
    // One that could not be started says why a moment later.
    return !this.#isGone && this.#process.pid !== undefined
  }

  // By the descriptor itself: a stream would keep what the pipe does not take, and nobody could hand
  // that over when the process exits.
  write(parts: readonly Uint8Array[]): number {
    return this.#call((descriptor) => unpatched.writevSync(descriptor, parts))
  }

  /** Blocks until `isDone`, for this many milliseconds at the most, and does `work` while it waits. */
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
    // The number may be another file's once the stream is closed.
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
        // It said something else, and there is nobody to tell.
      }
    }
  }

  #gone(reason: string): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#onGone(reason)
  }
}

/** How often is looked whether the pipe takes or gives more while the process waits for that. */
const LOOK_MILLISECONDS = 0.5

/** With what Node's types keep to themselves. */
type OwnSocket = Socket & { _handle?: { readonly fd: number } | null }

// A preload of the host's would record it, and its coverage is not the host's.
function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, TACHO_PERSIST_SESSION: ___, ...more } = environment
  return { ...more, ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: '1' }) }
}
