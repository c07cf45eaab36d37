import { Worker } from 'node:worker_threads'
import { ReaderError, type ReaderErrorCode, type ToldExplanation } from '@tacho/reader'

/** The thread's answer. Of an error thrown in a thread only the serializable part is left. */
export type Explained =
  | { told: ToldExplanation }
  | { failed: { code?: ReaderErrorCode; message: string } }

/** How long a session's thread may be idle before it is stopped. */
const IDLE_MS = 10 * 60_000

/**
 * Explains a session in a thread of its own: reading a long one takes seconds, during which a
 * running session must be followed. While it runs and is requested, the thread keeps what it has
 * read.
 */
export class ExplainedApart {
  readonly #folder: string
  #worker: Worker | undefined
  #waiting: { resolve(explained: Explained): void; reject(cause: Error): void } | undefined
  #idle: NodeJS.Timeout | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Explains the session; concurrent calls run one after another.
   *
   * @throws ReaderError `newer-format`
   */
  explain(): Promise<ToldExplanation> {
    const explaining = this.#last.then(() => this.#explain())
    this.#last = explaining.catch(() => undefined)
    return explaining
  }

  async #explain(): Promise<ToldExplanation> {
    clearTimeout(this.#idle)
    let goesOn = false
    try {
      const explained = await this.#asked()
      if ('told' in explained) {
        const { ended, damage } = explained.told.session
        // If reading stopped at a limit, the next one starts over: there is no state worth keeping.
        goesOn = ended === 'running' && damage.every(({ lines }) => lines > 0)
        return explained.told
      }
      const { code, message } = explained.failed
      throw code === undefined ? new Error(message) : new ReaderError(code, message)
    } finally {
      if (goesOn) this.#idle = setTimeout(() => this.#close(), IDLE_MS).unref()
      else this.#close()
    }
  }

  #asked(): Promise<Explained> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#worker ??= this.#started()
      this.#worker.postMessage('explain')
    })
  }

  #started(): Worker {
    const worker = new Worker(new URL('./explain-thread.js', import.meta.url), {
      workerData: this.#folder,
      execArgv: [],
    })
    // Nobody waits for the result of one that was closed.
    const reject = (cause: Error): void => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#waiting?.reject(cause)
    }
    worker.on('message', (explained: Explained) => this.#waiting?.resolve(explained))
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`the thread that explains ended with ${code}`)))
    // After adding the listeners, because one of them would keep the process alive again.
    worker.unref()
    return worker
  }

  #close(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
  }
}
