import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { isSessionId } from '@tacho/format'
import type { OnSkipped } from '../found-session.js'
import { whyUnreadable } from '../list-sessions.js'
import { namesIn } from '../log-parts.js'
import type { SessionSummary } from '../summarize.js'
import {
  decodeListed,
  type ListedSession,
  type ListedSummary,
  listFile,
  NEVER_CHECKED,
  type OpenList,
  openList,
  writeList,
} from './list-file.js'
import { type FolderToRead, readListed } from './read-folder.js'
import { readFolders } from './read-folders.js'
import { areUnchanged, type FolderStamp, isFresh, isUnchanged, UNKNOWN } from './stamps.js'

/** Callbacks while listing. */
export type Listening = {
  /** Receives how many of the sessions that must be read have been read. */
  onProgress?: (done: number, total: number) => void
  /** Receives each root and each folder that cannot be examined. */
  onSkipped?: OnSkipped
}

/**
 * Which sessions are checked for changes. `shown` are those that are asked for: within a minute of
 * a check of all, while no session has come, gone or run. Examining 10,000 folders takes three times
 * as long as everything else that a list of 20 needs. A run begins with a new folder in the root, so
 * only what something other than Tacho puts into an old session's folder, such as a newer run,
 * could be listed that minute later.
 */
export type Checks = 'all' | 'shown'

const CHECK_MS = 60_000

/** What {@link RootList.summary} returns of a session that changed, if not all were checked. */
export const CHANGED = 'changed'

/**
 * The sessions of one root, through its list in the index: only those that changed are read, and if
 * any did, the list is rewritten.
 */
export class RootList {
  readonly root: string
  readonly #file: string | undefined
  readonly #old: OpenList | undefined
  /** In the order of the folder, so that each is found right after the one before. */
  readonly #sessions: ListedSession[] = []
  readonly #areAllChecked: boolean
  #checked = NEVER_CHECKED
  #isChanged = false

  /** @param folder of the index; undefined to use none. */
  constructor(
    root: string,
    folder: string | undefined,
    listening: Listening,
    checks: Checks = 'all',
  ) {
    this.root = root
    this.#file = folder === undefined ? undefined : listFile(folder, root)
    this.#old = this.#file === undefined ? undefined : openList(this.#file, root)
    this.#areAllChecked = checks === 'all' || !isJustChecked(root, this.#old)
    if (this.#areAllChecked) this.#checkAll(listening)
    else this.#sessions = this.#old?.sessions ?? []
  }

  #checkAll({ onProgress, onSkipped = () => {} }: Listening): void {
    const { root } = this
    const known = this.#old?.sessions ?? []
    const find = finder(known)
    const now = Date.now()
    // Before the names are read, so that a session that comes meanwhile is noticed the next time.
    const before = statusOf(root)
    const names = foldersIn(root, onSkipped)
    let isSettled = names !== undefined
    const changed: FolderToRead[] = []
    let stillThere = 0
    for (const name of names ?? []) {
      const listed = find(name)
      if (listed !== undefined) stillThere += 1
      if (listed === undefined && !isSessionId(name)) continue
      const status = lstatSync(`${root}/${name}`, { throwIfNoEntry: false })
      if (status === undefined || !status.isDirectory()) continue
      if (listed !== undefined && isUnchanged(listed, status) && !isFresh(status, now)) {
        this.#sessions.push(listed)
      } else changed.push({ name, ...folderStamp(status, now) })
    }
    this.#isChanged = stillThere !== known.length
    const reads = readFolders(root, changed, (done) => onProgress?.(done, changed.length))
    for (const [index, { name }] of changed.entries()) {
      const read = reads[index]
      if (read === undefined) continue
      if ('listed' in read) {
        this.#sessions.push(read.listed)
        // What must be read again each time is no reason for a new list.
        this.#isChanged ||= read.listed.changed !== UNKNOWN
        continue
      }
      // A folder without a file of ours can still become a session.
      isSettled = false
      const folder = join(root, name)
      if ('reason' in read) onSkipped({ folder, session: { id: name, folder, root }, ...read })
    }
    if (isSettled && before !== undefined) this.#checked = folderStamp(before, now)
  }

  /** The sessions, in no particular order. */
  get sessions(): readonly ListedSession[] {
    return this.#sessions
  }

  /**
   * Returns a session's summary; read again if its files have changed. {@link CHANGED} if it has
   * changed and not all sessions were checked.
   */
  summary(session: ListedSession): SessionSummary | typeof CHANGED | undefined {
    const { name } = session
    const folder = join(this.root, name)
    const listed = decodeListed(this.#lineOf(session))
    const isListed = this.#areAllChecked || isAsListed(folder, session)
    if (isListed && listed !== undefined && areUnchanged(folder, listed.files))
      return this.#whole(name, listed)
    if (!this.#areAllChecked) return CHANGED
    const now = Date.now()
    const status = lstatSync(folder, { throwIfNoEntry: false })
    if (status === undefined) return undefined
    const read = readListed(this.root, { name, ...folderStamp(status, now) }, namesIn(folder))
    Object.assign(session, read.listed)
    this.#isChanged ||= session.changed !== UNKNOWN
    return this.#whole(name, read.summary)
  }

  /** Saves what was read for the next time. */
  close(): void {
    if (this.#areAllChecked && this.#file !== undefined) this.#save(this.#file)
    this.#old?.close()
  }

  #save(file: string): void {
    const isRunning = this.#sessions.some(({ changed }) => changed === UNKNOWN)
    const checked = isRunning ? NEVER_CHECKED : this.#checked
    if (this.#isChanged || !isSame(checked, this.#old?.checked ?? NEVER_CHECKED)) {
      writeList(file, this.root, { sessions: this.#sessions, checked, lineOf: this.#lineOf })
    } else if (checked.changed !== UNKNOWN) this.#old?.noteCheck()
  }

  // Without a list, all lines were made just now.
  readonly #lineOf = (session: ListedSession): Buffer =>
    Buffer.isBuffer(session.line) ? session.line : (this.#old?.lineOf(session) ?? Buffer.alloc(0))

  #whole(name: string, { summary }: ListedSummary): SessionSummary {
    return { ...summary, folder: join(this.root, name), root: this.root }
  }
}

/**
 * Returns a lookup for what a list says about a folder. A directory lists its entries in the same
 * order each time, also when the list was made: so nearly always it is the next one, and no table
 * is needed.
 */
function finder(known: readonly ListedSession[]): (name: string) => ListedSession | undefined {
  let next = 0
  let numbers: Map<string, number> | undefined
  return (name) => {
    if (known[next]?.name !== name) {
      numbers ??= new Map(known.map((session, number) => [session.name, number]))
      const number = numbers.get(name)
      if (number === undefined) return undefined
      next = number
    }
    next += 1
    return known[next - 1]
  }
}

/** Returns whether all sessions of a root were checked just now, and none came, went or ran since. */
function isJustChecked(root: string, list: OpenList | undefined): boolean {
  if (list === undefined) return false
  const age = Date.now() - list.checkedAt
  const status = statusOf(root)
  return age >= 0 && age < CHECK_MS && status !== undefined && isUnchanged(list.checked, status)
}

function isAsListed(folder: string, session: ListedSession): boolean {
  const status = lstatSync(folder, { throwIfNoEntry: false })
  return status?.isDirectory() === true && isUnchanged(session, status)
}

function isSame(one: FolderStamp, other: FolderStamp): boolean {
  return one.inode === other.inode && one.changed === other.changed
}

function statusOf(root: string): Stats | undefined {
  try {
    return statSync(root)
  } catch {
    return undefined
  }
}

function folderStamp(status: Stats, now: number): FolderStamp {
  return { inode: status.ino, changed: isFresh(status, now) ? UNKNOWN : status.ctimeMs }
}

function foldersIn(root: string, onSkipped: OnSkipped): string[] | undefined {
  try {
    return readdirSync(root)
  } catch (cause) {
    const reason = whyUnreadable(cause)
    if (reason !== undefined) onSkipped({ folder: root, reason })
    return undefined
  }
}
