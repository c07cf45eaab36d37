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
  /** Receives each line without its end; those longer than {@link LINE_BYTES} are skipped. */
  onLine: (line: string) => void
}

/**
 * A file for a log that an agent writes. It has no name in any folder: its contents, secrets
 * included, vanish with the last process that has it open, however that ends. The agent opens it
 * through our descriptor (Linux), and what has been read is discarded.
 */
export class LogFileTap {
  /** @throws if there is no place for it, or no `/proc`. */
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

  /** The path for the agent to append to. */
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

  /** Reads what is left. Call it after the agent has ended. */
  async close(): Promise<void> {
    this.#watcher.close()
    await this.#look()
    await promisify(close)(this.#descriptor).catch(() => {})
  }

  // Piece by piece, so that traffic between the agent and its model does not wait.
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
      // What cannot be read is not reported.
    }
  }

  /** Truncates what was read: the agent appends, so it continues from the beginning. */
  #forget(): void {
    if (this.#position < KEPT_BYTES || fstatSync(this.#descriptor).size > this.#position) return
    ftruncateSync(this.#descriptor)
    this.#position = 0
  }
}

const readAt = promisify(read)

/** The lines that matter are short. */
const LINE_BYTES = 256 * 1024

const PIECE_BYTES = 64 * 1024

/** How much may be kept after reading. */
const KEPT_BYTES = 4 * 1024 * 1024
