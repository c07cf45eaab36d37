import { extname } from 'node:path'
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  SHARE_ENV,
  Worker,
} from 'node:worker_threads'
import type { FolderRead, ListedNow } from './read-folder.js'
import type { SharedFolders } from './shared-folders.js'

const THREAD_MEGABYTES = 128

/** The `workerData` of the thread. */
export type ReaderThreadWork = SharedFolders & { port: MessagePort }

/** What the thread tells of a folder. Of a `Buffer`, only its bytes arrive. */
export type ToldFolder = {
  number: number
  read:
    | Exclude<FolderRead, { listed: ListedNow }>
    | { listed: Omit<ListedNow, 'line'>; line: Uint8Array }
}

/**
 * A thread that takes folders and reads them, in `reader-thread.ts`. It is looked at while nothing
 * can be waited for, so what it tells is fetched.
 */
export class ReadingThread {
  readonly #worker: Worker
  readonly #port: MessagePort

  /** Returns undefined if the system gives no thread. */
  static started(shared: SharedFolders): ReadingThread | undefined {
    const { port1, port2 } = new MessageChannel()
    try {
      const worker = new Worker(
        new URL(`./reader-thread${extname(import.meta.url)}`, import.meta.url),
        {
          workerData: { ...shared, port: port2 } satisfies ReaderThreadWork,
          transferList: [port2],
          // Nothing that a user loads into the process belongs in the thread.
          execArgv: [],
          env: SHARE_ENV,
          // A session that takes more is read by whoever started the thread, not by both at once.
          resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
        },
      )
      return new ReadingThread(worker, port1)
    } catch {
      port1.close()
      return undefined
    }
  }

  private constructor(worker: Worker, port: MessagePort) {
    this.#worker = worker
    this.#port = port
    // Its folders are read by those who find them missing, who meet the same fault if it is theirs.
    worker.on('error', () => {})
    worker.unref()
  }

  /** Takes what the thread has told since the last time. */
  *told(): Generator<{ number: number; read: FolderRead }> {
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      yield asRead(received.message)
    }
  }

  close(): void {
    this.#port.close()
    void this.#worker.terminate()
  }
}

function asRead({ number, read }: ToldFolder): { number: number; read: FolderRead } {
  if (!('listed' in read)) return { number, read }
  const { buffer, byteOffset, length } = read.line
  return {
    number,
    read: { listed: { ...read.listed, line: Buffer.from(buffer, byteOffset, length) } },
  }
}
