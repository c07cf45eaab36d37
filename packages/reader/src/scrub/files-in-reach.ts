import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { logParts } from '../log-parts.js'

/**
 * Returns the session's files that are ours to change, the raw log first, because the others depend
 * on its new bodies. Other files in the folder may contain a copy of anything.
 */
export function scrubbableFiles(folder: string): string[] {
  const raw = logParts(folder, SESSION_FILES.raw)
  const others = plainFiles(folder).filter(({ name, isLinked }) => !raw.includes(name) && !isLinked)
  return [...raw, ...others.map(({ name }) => name)]
}

/**
 * Returns the files that also exist elsewhere, by a hard link: the agent's own transcript. One that
 * the agent has deleted, or that `tacho salvage` copied, is only ours.
 */
export function ownedElsewhere(folder: string): string[] {
  return plainFiles(folder)
    .filter(({ isLinked }) => isLinked)
    .map(({ name }) => name)
}

function plainFiles(folder: string): { name: string; isLinked: boolean }[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
      return status?.isFile() ? [{ name, isLinked: status.nlink > 1 }] : []
    })
}
