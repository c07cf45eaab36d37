import {
  close,
  closeSync,
  type FSWatcher,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  read,
  rmSync,
  watch,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from '../../cache-folder.js'
import { LineCutter } from '../json-rpc/line-cutter.js'
import { oneAtATime } from '../one-at-a-time.js'

export type LogFileTapOptions = {
  environment: NodeJS.ProcessEnv
  /** Is given each line without its end; longer ones than {@link LINE_BYTES} are left out. */
  onLine: (line: string) => void
}

/**
 * A file for a log that an agent writes. It has no name in any folder: what stands in it, secrets too,
 * is gone with the last process that has it open, however that ends. The agent opens it by our
 * descriptor of it (Linux), and what has been read of it is thrown away.
 */
export class LogFileTap {
  /** @throws where there is no place for it, or no `/proc`. */
  static open(options: LogFileTapOptions): LogFileTap {
    const { XDG_RUNTIME_DIR: inMemory, TMPDIR: temporary } = options.environment
    const place = inMemory || cacheFolder(options.environment) || temporary || '/tmp'
    const folder = mkdtempSync(join(place, 'tacho-log-'))
    let descriptor: number | undefined
    try {
      descriptor = openSync(join(folder, 'log'), 'ax+', 0o600)
      return new LogFileTap(descriptor, options)
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor)
      throw error
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** What the agent is to append to. */
  readonly path: string
  readonly #descriptor: number
  readonly #lines: LineCutter
  readonly #watcher: FSWatcher
  #position = 0
  readonly #look = oneAtATime(() => this.#readAll())

  private constructor(descriptor: number, { onLine }: LogFileTapOptions) {
    this.#descriptor = descriptor
    this.path = `/proc/${process.pid}/fd/${descriptor}`
    this.#lines = new LineCutter({
      limit: LINE_BYTES,
      onLine: (line) => onLine(Buffer.from(line).toString('utf8', 0, line.length - 1)),
      onLongStart() {},
      onLongRest() {},
    })
    this.#watcher = watch(this.path, { persistent: false }, () => void this.#look())
    this.#watcher.on('error', () => {})
  }

  /** Reads what is there still. The agent has ended. */
  async close(): Promise<void> {
    this.#watcher.close()
    await this.#look()
    await promisify(close)(this.#descriptor).catch(() => {})
  }

  // Piece by piece: what passes between the agent and its model does not wait for it.
  async #readAll(): Promise<void> {
    const piece = Buffer.allocUnsafe(PIECE_BYTES)
    try {
      for (;;) {
        const { bytesRead } = await readAt(this.#descriptor, piece, 0, piece.length, this.#position)
        if (bytesRead === 0) break
        this.#position += bytesRead
        this.#lines.push(piece.subarray(0, bytesRead))
      }
      this.#forget()
    } catch {
      // What cannot be read is not told.
    }
  }

  /** The agent appends: what it writes next stands at the beginning again. */
  #forget(): void {
    if (this.#position < KEPT_BYTES || fstatSync(this.#descriptor).size > this.#position) return
    ftruncateSync(this.#descriptor)
    this.#position = 0
  }
}

const readAt = promisify(read)

/** What is looked for stands in short lines. */
const LINE_BYTES = 256 * 1024

const PIECE_BYTES = 64 * 1024

/** So much may lie there, read. */
const KEPT_BYTES = 4 * 1024 * 1024
