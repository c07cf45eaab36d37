import { statSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { type Explanation, explainSession, type FoundSession, findSessions } from '@tacho/reader'

/** Sessions that were read last are kept: a person goes back and forth between a few. */
const KEPT = 3

/**
 * The sessions that may be asked for. A name in a request is looked up in the list of those that are
 * there, and never becomes a part of a path.
 */
export class Sessions {
  readonly roots: readonly string[]
  readonly #read = new Map<string, { stamp: string; explanation: Promise<Explanation> }>()

  constructor(roots: readonly string[]) {
    this.roots = roots
  }

  all(): FoundSession[] {
    return findSessions(this.roots)
  }

  find(id: string): FoundSession | undefined {
    return this.all().find((session) => session.id === id)
  }

  /** A session without its bodies, and why it went as it did; read again only where its files have changed. */
  async read({ folder }: FoundSession): Promise<Explanation> {
    const stamp = stampOf(folder)
    const known = this.#read.get(folder)
    this.#read.delete(folder)
    const kept = known?.stamp === stamp ? known : { stamp, explanation: explainSession(folder) }
    this.#read.set(folder, kept)
    for (const oldest of this.#read.keys()) {
      if (this.#read.size <= KEPT) break
      this.#read.delete(oldest)
    }
    try {
      return await kept.explanation
    } catch (cause) {
      this.#read.delete(folder)
      throw cause
    }
  }
}

/** Changes whenever something is written to a session. */
export function stampOf(folder: string): string {
  const { raw, meta, events, log, manifest } = SESSION_FILES
  return [raw, meta, events, log, manifest]
    .map((file) => statSync(join(folder, file), { throwIfNoEntry: false }))
    .map((status) =>
      status === undefined ? '-' : `${status.ino}:${status.size}:${status.mtimeMs}`,
    )
    .join(' ')
}
