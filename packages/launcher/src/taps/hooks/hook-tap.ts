import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../cache-folder.js'
import { oneAtATime } from '../one-at-a-time.js'
import { hookCommand } from './hook-command.js'
import { LOOK_MILLISECONDS } from './limits.js'
import { type Leaf, readLeaf } from './read-leaf.js'

/** What an agent has told a hook. */
export type HookMessage = {
  json: Record<string, unknown>
  /** When, by the system's clock, in milliseconds since the epoch. */
  at: number
}

export type HookTapOptions = {
  environment: NodeJS.ProcessEnv
  onMessage: (message: HookMessage) => void
  /** Is told, in a line for the log, what was lost. */
  onTrouble: (words: string) => void
}

/**
 * Hears what an agent tells its hooks: each of them leaves it in a file of a private folder, and is
 * gone in milliseconds. A file is read once it holds a whole JSON object, and then it is no more.
 */
export class HookTap {
  /** @throws where there is no place for the folder. */
  static async open(options: HookTapOptions): Promise<HookTap> {
    return new HookTap(await privateFolder(options.environment), options)
  }

  /** What the agent is to run as its hooks. */
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

  /** Reads what is there still, and takes the folder away. The agent has ended. */
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

  // A system can be out of watches.
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

  // Who cleans up a folder of temporary files may take ours away.
  #makeAnew(): void {
    try {
      mkdirSync(this.#folder, { mode: 0o700 })
      this.#watch()
    } catch {
      // It is there, and cannot be read now; or there is no place for it.
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
 * In the user's own folder in memory where there is one (XDG), else in his cache: the commands of an
 * agent in a sandbox can mostly write among the temporary files, and so those are the last resort.
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
