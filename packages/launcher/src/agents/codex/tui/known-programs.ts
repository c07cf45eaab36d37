import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../../../cache-folder.js'
import type { TuiAbilities } from './abilities.js'

/** Codex, as it is started. */
export type Program = { command: string; environment: NodeJS.ProcessEnv }

/**
 * Remembers, in the user's cache folder, what was seen of a Codex: that it makes the hashes of its
 * hooks as we do, and what its TUI can do. Where nothing can be remembered, it is seen each time.
 */
export class KnownPrograms {
  /** @param codex the one that this is about. */
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

  /** What its TUI can do, where it is known. */
  get abilities(): TuiAbilities | undefined {
    const known = this.#entries.find(([identity]) => identity === this.#identity)
    return known && { noDaemon: known[1] === true }
  }

  /** From now on it is known. Never throws. */
  async add({ noDaemon }: TuiAbilities): Promise<void> {
    const [path, identity] = [this.#path, this.#identity]
    if (path === undefined || identity === undefined) return
    const entries = [...this.#entries, [identity, noDaemon]].slice(-REMEMBERED)
    try {
      const temporary = `${path}.${randomBytes(6).toString('hex')}`
      await writeFile(temporary, `${JSON.stringify(entries)}\n`, { mode: 0o600, flag: 'wx' })
      await rename(temporary, path)
    } catch {
      // It is seen anew the next time.
    }
  }
}

/** What tells a program from all others, and whether its TUI does without the shared app-server. */
type Entry = [identity: string, noDaemon: boolean]

// A user has a few Codexes at most.
const REMEMBERED = 20

// The number is that of how we make the hash: another way is another file.
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
 * What tells one Codex from all others: of a native program its file, whose change time no installer
 * sets; of npm's script its package. Any other script may start another version each day, and has to
 * say which.
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

// ELF; Mach-O, plain and for several processors.
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

/** Of `@openai/codex/bin/codex.js`, which starts the program of its own version: that, and its file. */
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
