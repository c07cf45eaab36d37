import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NewFile } from '../salvage/new-file.js'
import { syncFolder } from '../seal/seal-file.js'

/** The folder inside a session's in which files wait to replace older ones. */
export const STAGING = '.scrub'

/** Says that all files are complete and may replace the older ones, whatever happens next. */
const COMPLETE = 'complete.json'

/**
 * Files that replace others of a session, all or none: until {@link commit} nothing has changed;
 * after that, {@link finishStaged} completes what was interrupted.
 */
export class StagedFiles {
  readonly #folder: string
  readonly #names = new Map<string, string>()

  /** @throws the system's error if the session's folder cannot be written to. */
  constructor(folder: string) {
    this.#folder = folder
    finishStaged(folder)
    mkdirSync(join(folder, STAGING), { mode: 0o700 })
  }

  /** Returns the path under which to write a file, with any name. */
  path(name: string): string {
    return join(this.#folder, STAGING, name)
  }

  /** @param name as written. @param as the file of the session that it replaces. */
  replace(name: string, as: string): void {
    this.#names.set(name, as)
  }

  /** Moves all files into place. */
  commit(): void {
    const file = new NewFile(this.path(COMPLETE))
    file.write(Buffer.from(JSON.stringify([...this.#names])))
    file.close()
    syncFolder(join(this.#folder, STAGING))
    finishStaged(this.#folder)
  }

  /** Discards them; nothing changes. */
  discard(): void {
    rmSync(join(this.#folder, STAGING), { recursive: true, force: true })
  }
}

/** Returns whether files wait, or were only partly moved into place. */
export function hasStaged(folder: string): boolean {
  return lstatSync(join(folder, STAGING), { throwIfNoEntry: false }) !== undefined
}

/** Finishes what was interrupted, or undoes it if not all files had been written. */
export function finishStaged(folder: string): void {
  if (!hasStaged(folder)) return
  const staging = join(folder, STAGING)
  for (const [name, as] of committed(staging)) {
    if (readdirSync(staging).includes(name)) renameSync(join(staging, name), join(folder, as))
  }
  syncFolder(folder)
  rmSync(staging, { recursive: true, force: true })
  syncFolder(folder)
}

function committed(staging: string): [name: string, as: string][] {
  try {
    const names: unknown = JSON.parse(readFileSync(join(staging, COMPLETE), 'utf8'))
    if (!Array.isArray(names)) return []
    return names.filter(
      (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isFileName),
    )
  } catch {
    return []
  }
}

function isFileName(name: unknown): name is string {
  return typeof name === 'string' && /^[\w.-]+$/.test(name) && !name.startsWith('..')
}
