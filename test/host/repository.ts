import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The absolute path of the repository's root. Vitest runs this file as source and `bench/` runs it
 * compiled, one folder deeper, so the root is searched for rather than counted.
 */
export const repositoryRoot = rootAbove(dirname(fileURLToPath(import.meta.url)))

function rootAbove(folder: string): string {
  if (isRoot(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`${import.meta.url} stands outside of the repository.`)
  return rootAbove(parent)
}

function isRoot(path: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8').includes('"tacho-workspace"')
}
