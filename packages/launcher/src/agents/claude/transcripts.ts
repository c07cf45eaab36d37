import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { keepTranscript, linkTranscript, type Session } from '@tacho/recorder'
import { claudeHome } from './home.js'

/** Looking costs a few system calls; whatever comes last is linked when the session ends. */
const PAUSE_MILLISECONDS = 250

/**
 * Links Claude Code's transcripts into the folders of their sessions: `<session id>.jsonl`, and for
 * sub-agents `agent-<id>.jsonl` and `agent-<id>.meta.json` (2.1.332).
 */
export class Transcripts {
  readonly #home: string
  readonly #sessions = new Map<string, { session: Session; project: string | undefined }>()
  readonly #linked = new Map<string, Session>()
  #linking: Promise<void> | undefined
  #linkedAt = Number.NEGATIVE_INFINITY

  constructor(environment: NodeJS.ProcessEnv) {
    this.#home = claudeHome(environment)
  }

  /** @param path the transcript's path, if a hook named it. */
  noteSession(id: string, session: Session, path?: string): void {
    const known = this.#sessions.get(id)
    const told = path?.endsWith(`/${id}.jsonl`) ? dirname(path) : undefined
    if (known === undefined) this.#sessions.set(id, { session, project: told })
    else known.project ??= told
  }

  /**
   * Links what exists by now. Called at each activity, but does the work only now and then. Never
   * throws.
   */
  link(): void {
    const now = performance.now()
    if (now - this.#linkedAt < PAUSE_MILLISECONDS) return
    this.#linkedAt = now
    void this.#linkNow()
  }

  /** Links one last time, and copies what could only be linked symbolically. */
  async close(): Promise<void> {
    await this.#linking
    await this.#linkNow()
    for (const [source, session] of this.#linked)
      await keepTranscript(source, session.folder).catch(() => {})
  }

  #linkNow(): Promise<void> {
    this.#linking ??= this.#linkAll()
      .catch(() => {})
      .finally(() => {
        this.#linking = undefined
      })
    return this.#linking
  }

  async #linkAll(): Promise<void> {
    for (const [id, known] of this.#sessions) {
      known.project ??= await this.#projectOf(id)
      if (known.project === undefined) continue
      await this.#linkOne(join(known.project, `${id}.jsonl`), known.session)
      const folder = join(known.project, id, 'subagents')
      for (const name of await namesIn(folder)) {
        if (/^agent-[\w-]+\.(jsonl|meta\.json)$/.test(name))
          await this.#linkOne(join(folder, name), known.session)
      }
    }
  }

  async #linkOne(source: string, session: Session): Promise<void> {
    const linked = await linkTranscript(source, session.folder)
    if (linked !== undefined && basename(linked) === basename(source))
      this.#linked.set(source, session)
  }

  /** Finds the project's folder if no hook named it: the one with a transcript of this name. */
  async #projectOf(id: string): Promise<string | undefined> {
    const projects = join(this.#home, 'projects')
    for (const name of await namesIn(projects)) {
      const folder = join(projects, name)
      if ((await namesIn(folder)).includes(`${id}.jsonl`)) return folder
    }
    return undefined
  }
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
