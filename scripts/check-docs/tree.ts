import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import type { Problem } from './problem.js'

// Files that git does not track are not ours to check.
const SKIPPED = new Set(['node_modules', 'dist', '.git', 'results'])

const REGISTRIES =
  /\bregistry\.(?:npmjs|yarnpkg)\b|\bpypi\.org|\bpythonhosted\.org|\b(?:proxy|sum)\.golang\.org|\b(?:deb|security)\.debian\.org/

// Examples use Ada's home.
const HOMES = /(?<![\w.~-])\/(?:home|Users)\/(?!ada\b)[a-z][\w.-]*/

const PAGES = /(?<![\w/.-])docs\/[\w-]+\.md/g

/**
 * What no text file may mention: the host of a package registry, a path of the machine it was
 * written on, or a page of docs/ that does not exist.
 */
export function unwantedWords(root: string): Problem[] {
  const places = placesOf(root)
  return filesIn(root).flatMap((path) => {
    const text = readFileSync(path, 'utf8')
    if (text.includes('\0')) return []
    const file = relative(root, path)
    return text
      .split('\n')
      .flatMap((line, index) =>
        whatIsWrong(line, root, places).map((message) => ({ file, line: index + 1, message })),
      )
  })
}

function whatIsWrong(line: string, root: string, places: readonly string[]): string[] {
  const registry = REGISTRIES.exec(line)?.[0]
  const place = HOMES.exec(line)?.[0] ?? places.find((path) => hasPath(line, path))
  const pages = (line.match(PAGES) ?? []).filter((page) => !existsSync(join(root, page)))
  return [
    ...(registry === undefined ? [] : [`names the package registry ${registry}`]),
    ...(place === undefined ? [] : [`names ${place}, a place on one machine only`]),
    ...pages.map((page) => `names ${page}, which is not there`),
  ]
}

/**
 * This clone, and the home of whoever runs the check. A single segment such as `/src` can mean
 * anything.
 */
function placesOf(root: string): string[] {
  const isOne = (path: string) => path.split('/').length > 2
  return [isOne(root) ? root : '', homedir()].filter(
    (path) => path.length > 1 && !path.startsWith('/home/ada'),
  )
}

function hasPath(line: string, path: string): boolean {
  const at = line.indexOf(`${path}/`)
  return at >= 0 && !/[\w.~-]/.test(line[at - 1] ?? ' ')
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path)
    return entry.isFile() && !entry.name.endsWith('.tsbuildinfo') ? [path] : []
  })
}
