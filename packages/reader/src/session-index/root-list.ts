import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSessionId } from '@tacho/format'
import type { OnSkipped } from '../found-session.js'
import { lookInto, whyUnreadable } from '../list-sessions.js'
import { type SessionSummary, summarize } from '../summarize.js'
import {
  decodeListed,
  encodeListed,
  type ListedSession,
  type ListedSummary,
  listFile,
  openList,
  writeList,
} from './list-file.js'
import { areUnchanged, fileStamps, folderStamp, isFresh } from './stamps.js'

/** What a listing tells while it goes on. */
export type Listening = {
  /** Is told how many of the sessions that have to be read were read. */
  onProgress?: (done: number, total: number) => void
  /** Is told of each root and each folder that cannot be looked into. */
  onSkipped?: OnSkipped
}

/**
 * The sessions of one root, through the list that the index has of it: only what changed since is
 * read. The list is written anew where it has.
 */
export class RootList {
  readonly root: string
  readonly #file: string | undefined
  readonly #sessions: Map<string, ListedSession>
  readonly #close: () => void
  #isChanged: boolean

  /** @param folder of the index; nothing where there is to be none. */
  constructor(root: string, folder: string | undefined, listening: Listening) {
    const { onProgress, onSkipped = () => {} } = listening
    this.root = root
    this.#file = folder === undefined ? undefined : listFile(folder, root)
    const old = this.#file === undefined ? undefined : openList(this.#file, root)
    this.#close = old?.close ?? (() => {})
    const known = old?.sessions ?? new Map<string, ListedSession>()
    this.#sessions = new Map()
    const changed: [name: string, stamp: string][] = []
    for (const [name, stamp] of foldersIn(root, onSkipped)) {
      const listed = known.get(name)
      if (listed !== undefined && stamp !== '' && listed.stamp === stamp) {
        this.#sessions.set(name, listed)
      } else changed.push([name, stamp])
    }
    this.#isChanged = this.#sessions.size !== known.size
    for (const [index, [name, stamp]] of changed.entries()) {
      const session = { id: name, folder: join(root, name), root }
      const looked = lookInto(session.folder)
      if ('reason' in looked) onSkipped({ folder: session.folder, session, ...looked })
      else if (looked.isSession) this.#read(name, stamp, known.get(name))
      onProgress?.(index + 1, changed.length)
    }
  }

  /** The name of each session's folder, and when its last run started, in no order. */
  *starts(): Generator<{ name: string; started: number }> {
    for (const [name, { started }] of this.#sessions) yield { name, started }
  }

  /** A session at a glance; read anew where its files are not what they were. */
  summary(name: string): SessionSummary | undefined {
    const folder = join(this.root, name)
    const listed = decodeListed(this.#sessions.get(name)?.line())
    if (listed !== undefined && areUnchanged(folder, listed.files)) return this.#whole(name, listed)
    const status = lstatSync(folder, { throwIfNoEntry: false })
    if (status === undefined) return undefined
    return this.#whole(name, this.#read(name, folderStamp(status), undefined))
  }

  /** Keeps what was read for the next time. */
  close(): void {
    if (this.#isChanged && this.#file !== undefined) {
      writeList(this.#file, this.root, this.#sessions)
    }
    this.#close()
  }

  #whole(name: string, { summary }: ListedSummary): SessionSummary {
    return { ...summary, folder: join(this.root, name), root: this.root }
  }

  #read(name: string, stamp: string, known: ListedSession | undefined): ListedSummary {
    const folder = join(this.root, name)
    // Before it is read: what is written meanwhile is seen the next time.
    const files = fileStamps(folder)
    const {
      folder: _folder,
      root: _root,
      ...summary
    } = summarize({
      id: name,
      folder,
      root: this.root,
    })
    const listed: ListedSummary = { summary, files }
    const line = encodeListed(listed)
    // Whether it still runs is not told by its files.
    const isLasting = summary.ended !== 'running'
    const started = Date.parse(summary.lastStartedAt ?? '') || 0
    this.#sessions.set(name, { stamp: isLasting ? stamp : '', started, line: () => line })
    if (stamp !== '' && (isLasting || known?.stamp !== '')) this.#isChanged = true
    return listed
  }
}

/** The folders in a root that can be sessions, each with its stamp; empty where that does not hold. */
function* foldersIn(root: string, onSkipped: OnSkipped): Generator<[name: string, stamp: string]> {
  const now = Date.now()
  for (const name of namesIn(root, onSkipped)) {
    if (!isSessionId(name)) continue
    const status = lstatSync(`${root}/${name}`, { throwIfNoEntry: false })
    if (status === undefined || !status.isDirectory()) continue
    yield [name, isFresh(status, now) ? '' : folderStamp(status)]
  }
}

function namesIn(root: string, onSkipped: OnSkipped): string[] {
  try {
    return readdirSync(root)
  } catch (cause) {
    const reason = whyUnreadable(cause)
    if (reason !== undefined) onSkipped({ folder: root, reason })
    return []
  }
}
