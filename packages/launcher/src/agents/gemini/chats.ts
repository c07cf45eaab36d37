import { readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isUuid } from '@tacho/format'
import { keepTranscript, linkTranscript, type Session } from '@tacho/recorder'
import { readChat } from './read-chat.js'
import { geminiFolder } from './settings.js'

/**
 * Gemini CLI's own transcripts: `tmp/<project>/chats/session-<time>-<first 8 of the id>.jsonl`,
 * whose first line contains the session's id, and its sub-agents' beside it in
 * `<session id>/<agent id>.jsonl` (0.61).
 */
export class Chats {
  readonly #folder: string
  readonly #startedAt = Date.now()
  readonly #sessions = new Map<string, Session>()

  constructor(environment: NodeJS.ProcessEnv) {
    this.#folder = join(geminiFolder(environment), 'tmp')
  }

  /** Returns the session whose chat was most recently written since the start. */
  written(): string | undefined {
    const found = this.#files()
      .map((file) => ({ file, at: writtenAt(file) }))
      .filter(({ at }) => at >= this.#startedAt - CLOCK_MILLISECONDS)
      .sort((one, other) => one.at - other.at)
      .at(-1)
    return found && sessionIn(found.file)
  }

  noteSession(id: string, session: Session): void {
    this.#sessions.set(id, session)
  }

  /** Links existing chats into the sessions' folders. Never throws. */
  async link(): Promise<void> {
    for (const [id, session] of this.#sessions) {
      for (const file of this.#filesOf(id)) await linkTranscript(file, session.folder)
    }
  }

  /** Links one last time, and copies what could only be linked symbolically. */
  async close(): Promise<void> {
    await this.link()
    for (const [id, session] of this.#sessions)
      for (const file of this.#filesOf(id))
        await keepTranscript(file, session.folder).catch(() => {})
  }

  /** Returns the transcripts of a session's sub-agents. */
  ofSubAgents(id: string): string[] {
    if (!isUuid(id)) return []
    return this.#folders().flatMap((folder) =>
      filesIn(join(folder, id), (name) => isUuid(name.replace(/\.jsonl$/, ''))),
    )
  }

  #filesOf(id: string): string[] {
    const end = `-${id.slice(0, 8)}.jsonl`
    const own = this.#files().filter((file) => file.endsWith(end) && sessionIn(file) === id)
    const ofSubAgents = this.ofSubAgents(id).filter((file) => readChat(file, () => true))
    return [...own, ...ofSubAgents]
  }

  #files(): string[] {
    return this.#folders().flatMap((folder) =>
      filesIn(folder, (name) => /^session-.*\.jsonl$/.test(name)),
    )
  }

  #folders(): string[] {
    return namesIn(this.#folder).map((project) => join(this.#folder, project, 'chats'))
  }
}

/** A file system's timestamps may be coarser than our clock. */
const CLOCK_MILLISECONDS = 20

const HEAD_BYTES = 512

function sessionIn(file: string): string | undefined {
  const head = Buffer.alloc(HEAD_BYTES)
  readChat(file, (descriptor) => readSync(descriptor, head, 0, head.length, 0))
  const id = /^\{"sessionId":"([^"]+)"/.exec(head.toString())?.[1]
  return id !== undefined && isUuid(id) ? id : undefined
}

function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function filesIn(folder: string, isOne: (name: string) => boolean): string[] {
  return namesIn(folder)
    .filter(isOne)
    .map((name) => join(folder, name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
