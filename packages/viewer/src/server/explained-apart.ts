import { Worker } from 'node:worker_threads'
import { ReaderError, type ReaderErrorCode, type ToldExplanation } from '@tacho/reader'

/** What the thread answers. Of an error that crosses from it, only what was written into it is left. */
export type Explained =
  | { told: ToldExplanation }
  | { failed: { code?: ReaderErrorCode; message: string } }

/** A session that goes on can rest for so long, and is then gone on with. */
const IDLE_MS = 10 * 60_000

/**
 * Why a session went as it did, found out in a thread of its own: to read a long one through takes
 * seconds, in which a session that goes on is to be followed. As long as it goes on and is asked for,
 * the thread keeps what it has read.
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
   * One after the other where several ask.
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
        goesOn = explained.told.session.ended === 'running'
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
    // What comes of one that was closed concerns nobody any more.
    const reject = (cause: Error): void => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#waiting?.reject(cause)
    }
    worker.on('message', (explained: Explained) => this.#waiting?.resolve(explained))
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`the thread that explains ended with ${code}`)))
    // Behind the listeners, because one of them would keep the process alive again.
    worker.unref()
    return worker
  }

  #close(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
  }
}
