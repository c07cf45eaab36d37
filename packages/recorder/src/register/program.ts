import { readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

/** The program that this process runs. */
export type Program = {
  /** The package's name; else the name of its script, or `node` without one. */
  name: string
  /** The package's version. */
  version?: string
}

/** How many folders are searched for a `package.json`: no tree is deeper. */
const FOLDERS = 64

/**
 * Identifies the program from Node's script argument, following links: npm's `.bin` holds only
 * links.
 *
 * @param script `process.argv[1]`; absent with `node -e` and in a REPL.
 */
export function programOf(script: string | undefined): Program {
  if (!script) return { name: 'node' }
  const path = realPath(script)
  let folder = dirname(path)
  for (let count = 0; count < FOLDERS; count += 1) {
    const found = packageIn(folder)
    if (found !== undefined) return found
    const parent = dirname(folder)
    if (parent === folder) break
    folder = parent
  }
  return { name: basename(path, extname(path)) }
}

/** Resolves links; returns the path unchanged if it does not exist. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function packageIn(folder: string): Program | undefined {
  try {
    const { name, version }: Record<string, unknown> = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    )
    if (typeof name !== 'string' || name === '') return undefined
    return { name, ...(typeof version === 'string' && { version }) }
  } catch {
    return undefined
  }
}

// They start the actual program in a process of its own.
const RUNNERS = new Set(['npm', 'pnpm', 'yarn', 'corepack', 'tsx', 'ts-node', 'nodemon'])

/** Whether a program only starts another Node program. */
export function isRunner({ name }: Program): boolean {
  return RUNNERS.has(name)
}
