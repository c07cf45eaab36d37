import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './repository.js'

/** What V8 compiled of Tacho in the homes of earlier tests. */
const kept = join(repositoryRoot, 'node_modules/.cache/tacho-compiled')

/**
 * Gives a new home what Tacho keeps in a home from one run to the next: without it, each of some
 * thousand runs compiles Tacho, which takes a seventh of such a run.
 */
export function giveCompiled(userHome: string): void {
  const cache = cacheOf(userHome)
  mkdirSync(kept, { recursive: true })
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  for (const name of compiledIn(kept)) copyFileSync(join(kept, name), join(cache, name))
}

/** Keeps what a home has of it that is new, for the next one. */
export function keepCompiled(userHome: string): void {
  const cache = cacheOf(userHome)
  for (const name of compiledIn(cache)) {
    const made = read(join(cache, name))
    if (made === undefined || read(join(kept, name))?.equals(made)) continue
    const arriving = join(kept, `${name}.${process.pid}`)
    copyFileSync(join(cache, name), arriving)
    renameSync(arriving, join(kept, name))
  }
}

const cacheOf = (userHome: string): string => join(userHome, '.cache/tacho')

function compiledIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.v8'))
  } catch {
    return []
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
