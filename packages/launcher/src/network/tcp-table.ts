import { closeSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { type TcpRow, tcpRowOf } from './tcp-row.js'

/** Receives rows until it returns that it has seen enough. */
type Look = (row: TcpRow) => 'enough' | undefined

/**
 * The table of this machine's TCP sockets, which Linux shows to everyone. For each reading the
 * kernel walks its whole table, 2 ms for 262,144 buckets: so it is read asynchronously, once for
 * everyone who waits at that moment, and no further than needed.
 */
export class TcpTable {
  readonly #files: TableFile[]
  #waiting = new Map<string, ((row: TcpRow | undefined) => void)[]>()
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(files: TableFile[]) {
    this.#files = files
  }

  /** Returns undefined if the system shows no table. */
  static open(paths: readonly string[] = PATHS): TcpTable | undefined {
    const files = paths.flatMap((path) => TableFile.open(path) ?? [])
    return files.length === 0 ? undefined : new TcpTable(files)
  }

  /** Returns a socket's row by its `ends`, or undefined if there is none. Never rejects. */
  row(ends: string): Promise<TcpRow | undefined> {
    return new Promise((resolve) => {
      const others = this.#waiting.get(ends)
      if (others !== undefined) others.push(resolve)
      else this.#waiting.set(ends, [resolve])
      // Requests from the same turn of the event loop share a search; a search in progress may
      // already be past the row that a new request needs.
      if (this.#waiting.size === 1) {
        setImmediate(() => this.#inTurn(() => this.#find()))
      }
    })
  }

  /** The same without waiting; call it only while nothing else uses the table. Never throws. */
  rowNow(ends: string): TcpRow | undefined {
    for (const file of this.#files) {
      const row = file.find((row) => row.ends === ends)
      if (row !== undefined) return row
    }
    return undefined
  }

  /** Returns the listening sockets, on any address. Never rejects. */
  listening(): Promise<TcpRow[]> {
    return this.#inTurn(async () => {
      const rows: TcpRow[] = []
      for (const file of this.#files) {
        // They come before all others.
        await file.look((row) => (row.isListening ? void rows.push(row) : 'enough'))
      }
      return rows
    })
  }

  close(): void {
    void this.#inTurn(async () => {
      for (const file of this.#files) file.close()
    })
  }

  async #find(): Promise<void> {
    const wanted = this.#waiting
    this.#waiting = new Map()
    // The table changes while it is read, page by page, so a row can be missed: sockets not found
    // are searched for once more.
    for (const file of [...this.#files, ...this.#files]) {
      if (wanted.size === 0) return
      await file.look((row) => {
        const waiting = wanted.get(row.ends)
        if (waiting === undefined) return undefined
        wanted.delete(row.ends)
        for (const resolve of waiting) resolve(row)
        return wanted.size === 0 ? 'enough' : undefined
      })
    }
    for (const waiting of wanted.values()) for (const resolve of waiting) resolve(undefined)
  }

  // One reading at a time: readings share the descriptors, whose position the kernel keeps.
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work)
    this.#turn = done
    return done
  }
}

const PATHS = ['/proc/net/tcp', '/proc/net/tcp6']

const readAt = promisify(read)
const nextTurn = promisify(setImmediate)

// The kernel walks no further than the request needs, and returns at most a page: so the first
// reads ask for a few rows only. A row of `tcp` has 150 bytes, one of `tcp6` 180.
const FIRST_BYTES = 512
const BYTES = 4096

/** Longer than any kernel's row. */
const LINE_CHARACTERS = 1024

/**
 * Decides how the next page is read. A thread takes 0.1 ms for each, while the kernel has one in
 * 15 µs if it is full: with thousands of sockets (most of them closed ones in `TIME_WAIT`), 4 ms in
 * place of 13. So full pages are read at once, a quarter of a millisecond of each turn.
 */
class Paging {
  /** Whether the next page will probably take the kernel no time. */
  isQuick = false
  #since = performance.now()

  /** @returns whether the event loop should turn first. */
  hasRead(bytes: number): boolean {
    const now = performance.now()
    const took = now - this.#since
    if (!this.isQuick) {
      this.isQuick = bytes > BYTES - LINE_CHARACTERS
      this.#since = now
      return false
    }
    if (took < TURN_MILLISECONDS) return false
    // Of a large table that is nearly empty, a single page takes the kernel that long.
    this.isQuick = bytes > BYTES - LINE_CHARACTERS && took < 2 * TURN_MILLISECONDS
    this.#since = now
    return true
  }
}

const TURN_MILLISECONDS = 0.25

class TableFile {
  readonly #descriptor: number
  readonly #buffer = Buffer.alloc(BYTES)

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  static open(path: string): TableFile | undefined {
    try {
      return new TableFile(openSync(path, 'r'))
    } catch {
      return undefined
    }
  }

  /** Passes on the rows from the first one. An unreadable file has no rows. */
  async look(look: Look): Promise<void> {
    let rest = ''
    const paging = new Paging()
    for (let [at, wanted] = [0, FIRST_BYTES]; ; wanted = Math.min(wanted * 2, BYTES)) {
      const bytes = paging.isQuick ? this.#readNow(at) : await this.#read(at, wanted)
      if (bytes === 0) return
      at += bytes
      if (paging.hasRead(bytes)) await nextTurn()
      const read = this.#rows(rest, bytes)
      rest = read.rest
      for (const row of read.rows) if (look(row) === 'enough') return
    }
  }

  /** Returns the first wanted row, without waiting for a thread. */
  find(isWanted: (row: TcpRow) => boolean): TcpRow | undefined {
    let rest = ''
    for (let at = 0; ; ) {
      const bytes = this.#readNow(at)
      if (bytes === 0) return undefined
      at += bytes
      const read = this.#rows(rest, bytes)
      rest = read.rest
      const row = read.rows.find(isWanted)
      if (row !== undefined) return row
    }
  }

  /** Parses bytes that follow the beginning of a row. */
  #rows(rest: string, bytes: number): { rows: TcpRow[]; rest: string } {
    const lines = (rest + this.#buffer.toString('latin1', 0, bytes)).split('\n')
    const last = (lines.pop() ?? '').slice(0, LINE_CHARACTERS)
    return { rows: lines.flatMap((line) => tcpRowOf(line) ?? []), rest: last }
  }

  #readNow(at: number): number {
    try {
      return readSync(this.#descriptor, this.#buffer, 0, BYTES, at)
    } catch {
      return 0
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  async #read(at: number, wanted: number): Promise<number> {
    try {
      const { bytesRead } = await readAt(this.#descriptor, this.#buffer, 0, wanted, at)
      return bytesRead
    } catch {
      return 0
    }
  }
}
