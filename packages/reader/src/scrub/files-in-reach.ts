import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { logParts } from '../log-parts.js'

/**
 * The files of a session that are ours to change, the raw log first: what its bodies become is told
 * to the others. Whatever lies in the folder beside our own may hold a copy of anything.
 */
export function scrubbableFiles(folder: string): string[] {
  const raw = logParts(folder, SESSION_FILES.raw)
  const others = plainFiles(folder).filter(({ name, isLinked }) => !raw.includes(name) && !isLinked)
  return [...raw, ...others.map(({ name }) => name)]
}

/**
 * The files that stand somewhere else as well, by a hard link: the agent's own transcript. One that
 * the agent has deleted, or that was copied by `tacho salvage`, is nobody's but ours.
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
