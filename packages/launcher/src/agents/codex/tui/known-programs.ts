import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../../../cache-folder.js'
import type { TuiAbilities } from './abilities.js'

/** A Codex program and its environment. */
export type Program = { command: string; environment: NodeJS.ProcessEnv }

/**
 * Remembers, in the user's cache folder, two facts about a Codex: that it computes its hooks'
 * hashes as Tacho does, and what its TUI can do. If nothing can be remembered, they are determined
 * each time.
 */
export class KnownPrograms {
  /** @param codex the program that this is about. */
  static async open(codex: Program): Promise<KnownPrograms> {
    const path = cacheFile(codex.environment)
    const identity = await identityOf(codex).catch(() => undefined)
    return new KnownPrograms(path, identity, path === undefined ? [] : await entriesOf(path))
  }

  readonly #path: string | undefined
  readonly #identity: string | undefined
  readonly #entries: Entry[]

  private constructor(path: string | undefined, identity: string | undefined, entries: Entry[]) {
    this.#path = path
    this.#identity = identity
    this.#entries = entries
  }

  /** What its TUI can do, if known. */
  get abilities(): TuiAbilities | undefined {
    const known = this.#entries.find(([identity]) => identity === this.#identity)
    return known && { noDaemon: known[1] === true }
  }

  /** Remembers the program. Never throws. */
  async add({ noDaemon }: TuiAbilities): Promise<void> {
    const [path, identity] = [this.#path, this.#identity]
    if (path === undefined || identity === undefined) return
    const entries = [...this.#entries, [identity, noDaemon]].slice(-REMEMBERED)
    try {
      const temporary = `${path}.${randomBytes(6).toString('hex')}`
      await writeFile(temporary, `${JSON.stringify(entries)}\n`, { mode: 0o600, flag: 'wx' })
      await rename(temporary, path)
    } catch {
      // It will be determined again next time.
    }
  }
}

/** A program's identity, and whether its TUI can run without the shared app-server. */
type Entry = [identity: string, noDaemon: boolean]

// A user has only a few versions of Codex.
const REMEMBERED = 20

// The number is the version of our hash: a new one uses a new file.
const FILE = 'codex-hooks-1.json'

function cacheFile(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = cacheFolder(environment)
  return folder && join(folder, FILE)
}

async function entriesOf(path: string): Promise<Entry[]> {
  try {
    const entries: unknown = JSON.parse(await readFile(path, 'utf8'))
    return Array.isArray(entries) ? entries.filter(Array.isArray).map((one) => one as Entry) : []
  } catch {
    return []
  }
}

/**
 * Returns what identifies a Codex. For a native program that is its file, whose change time no
 * installer sets; for npm's script, its package. Any other script may start a different version
 * each day, and must report it.
 */
async function identityOf(codex: Program): Promise<string> {
  const path = await realpath(codex.command)
  const facts = (await isNative(path))
    ? await factsOf(path)
    : ((await packageOf(path)) ?? (await versionOf(codex)))
  return `${path} ${facts}`
}

async function factsOf(path: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true })
  return [size, mtimeNs, ctimeNs, ino].join(' ')
}

// ELF; Mach-O, for one and for several processors.
const MAGIC = ['7f454c46', 'cffaedfe', 'cafebabe', 'cafebabf']

async function isNative(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return MAGIC.includes(buffer.toString('hex'))
  } finally {
    await file.close()
  }
}

/**
 * For `@openai/codex/bin/codex.js`, which starts the program of its own version: that version, and
 * the package's file.
 */
async function packageOf(path: string): Promise<string | undefined> {
  if (!path.endsWith('/@openai/codex/bin/codex.js')) return undefined
  const file = join(dirname(path), '../package.json')
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown }
  return `${String(version)} ${await factsOf(file)}`
}

function versionOf({ command, environment }: Program): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: environment, timeout: PATIENCE_MILLISECONDS }
    const asked = execFile(command, ['--version'], options, (error, version) =>
      error === null ? resolve(version.trim()) : reject(error),
    )
    asked.stdin?.end()
  })
}

const PATIENCE_MILLISECONDS = 3000
