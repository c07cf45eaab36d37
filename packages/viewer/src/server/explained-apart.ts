import { Worker } from 'node:worker_threads'
import { ReaderError, type ReaderErrorCode, type ToldExplanation } from '@tacho/reader'

/** What the thread answers. Of an error that crosses from it, only what was written into it is left. */
export type Explained =
  | { told: ToldExplanation }
  | { failed: { code?: ReaderErrorCode; message: string } }

/**
 * Why a session went as it did, found out in a thread of its own: to read a long one through takes
 * seconds, in which a session that goes on is to be followed.
 *
 * @throws ReaderError `newer-format`
 */
export async function explainedApart(folder: string): Promise<ToldExplanation> {
  const worker = new Worker(new URL('./explain-thread.js', import.meta.url), {
    workerData: folder,
    execArgv: [],
  })
  try {
    const explained = await new Promise<Explained>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) =>
        reject(new Error(`the thread that explains ended with ${code}`)),
      )
      // Behind the listeners, because one of them would keep the process alive again.
      worker.unref()
    })
    if ('told' in explained) return explained.told
    const { code, message } = explained.failed
    throw code === undefined ? new Error(message) : new ReaderError(code, message)
  } finally {
    await worker.terminate()
  }
}
