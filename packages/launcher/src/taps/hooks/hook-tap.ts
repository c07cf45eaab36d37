import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../cache-folder.js'
import { oneAtATime } from '../one-at-a-time.js'
import { hookCommand } from './hook-command.js'
import { LOOK_MILLISECONDS } from './limits.js'
import { type Leaf, readLeaf } from './read-leaf.js'

/** What an agent passed to a hook. */
export type HookMessage = {
  json: Record<string, unknown>
  /** The system's time, in milliseconds since the epoch. */
  at: number
}

export type HookTapOptions = {
  environment: NodeJS.ProcessEnv
  onMessage: (message: HookMessage) => void
  /** Called with a line for the log about what was lost. */
  onTrouble: (words: string) => void
}

/**
 * Receives what an agent passes to its hooks: each hook leaves it in a file of a private folder,
 * and is gone within milliseconds. A file is read, and removed, once it contains a whole JSON
 * object.
 */
export class HookTap {
  /** @throws if there is no place for the folder. */
  static async open(options: HookTapOptions): Promise<HookTap> {
    return new HookTap(await privateFolder(options.environment), options)
  }

  /** The command for the agent's hooks. */
  readonly command: string
  readonly #folder: string
  readonly #options: HookTapOptions
  readonly #told = new Set<string>()
  #watcher: FSWatcher | undefined
  #clock: NodeJS.Timeout | undefined
  readonly #look = oneAtATime(() => this.#readAll())
  #isClosing = false

  private constructor(folder: string, options: HookTapOptions) {
    this.#folder = folder
    this.#options = options
    this.command = hookCommand(folder, process.pid)
    this.#watch()
  }

  /** Reads what is left, and removes the folder. Call it after the agent has ended. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopWatching()
    await this.#look()
    await rm(this.#folder, { recursive: true, force: true }).catch(() => {})
  }

  #watch(): void {
    this.#stopWatching()
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, () => void this.#look())
      this.#watcher.on('error', () => this.#lookNowAndThen())
    } catch {
      this.#lookNowAndThen()
    }
  }

  // A system can run out of watches.
  #lookNowAndThen(): void {
    this.#stopWatching()
    this.#clock = setInterval(() => void this.#look(), LOOK_MILLISECONDS)
    this.#clock.unref()
  }

  #stopWatching(): void {
    this.#watcher?.close()
    this.#watcher = undefined
    clearInterval(this.#clock)
  }

  async #readAll(): Promise<void> {
    const leaves = await this.#leaves()
    for (const { json, at } of leaves.sort((one, other) => one.at - other.at)) {
      this.#options.onMessage({ json, at })
    }
  }

  async #leaves(): Promise<Leaf[]> {
    const leaves: Leaf[] = []
    for (const name of await this.#names()) {
      const leaf = await readLeaf(join(this.#folder, name))
      if (leaf === 'too long') this.#tell('the input of a hook was too long')
      else if (leaf !== undefined) leaves.push(leaf)
    }
    return leaves
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => /^\d+$/.test(name))
    } catch (error) {
      this.#tell(`${this.#folder} cannot be read (${String(error)})`)
      if (!this.#isClosing) this.#makeAnew()
      return []
    }
  }

  // A cleanup of temporary files may remove our folder.
  #makeAnew(): void {
    try {
      mkdirSync(this.#folder, { mode: 0o700 })
      this.#watch()
    } catch {
      // It exists but cannot be read now, or there is no place for it.
      this.#lookNowAndThen()
    }
  }

  #tell(words: string): void {
    if (this.#told.has(words)) return
    this.#told.add(words)
    this.#options.onTrouble(words)
  }
}

/**
 * Creates it in the user's own in-memory folder (XDG) if there is one, else in the cache folder.
 * Temporary folders are the last resort, because a sandboxed agent's commands can usually write
 * there.
 */
async function privateFolder(environment: NodeJS.ProcessEnv): Promise<string> {
  const { XDG_RUNTIME_DIR: inMemory, TMPDIR: temporary } = environment
  const cache = cacheFolder(environment)
  for (const place of [inMemory, cache]) {
    const folder = place && (await mkdtemp(join(place, PREFIX)).catch(() => undefined))
    if (folder) return folder
  }
  return mkdtemp(join(temporary || '/tmp', PREFIX))
}

const PREFIX = 'tacho-hooks-'
