import { readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

/** The program that this process runs. */
export type Program = {
  /** As its package calls it; else the name of its script, and `node` where there is none. */
  name: string
  /** Of its package. */
  version?: string
}

/** A `package.json` is looked for in this many folders: nobody's tree is deeper. */
const FOLDERS = 64

/**
 * What the script is that Node was given, links followed: npm's `.bin` holds nothing else.
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

/** Links followed, as far as they lead somewhere. */
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

// They start the program that is meant, in a process of its own.
const RUNNERS = new Set(['npm', 'pnpm', 'yarn', 'corepack', 'tsx', 'ts-node', 'nodemon'])

/** Whether it only starts another Node program. */
export function isRunner({ name }: Program): boolean {
  return RUNNERS.has(name)
}
