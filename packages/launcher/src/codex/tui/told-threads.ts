import { existsSync } from 'node:fs'
import type { Recording } from '@tacho/recorder'
import { pick } from '../app-server/json-members.js'
import { openingOf } from '../app-server/method.js'
import { text } from '../app-server/values.js'
import type { NamedThread } from './closing-words.js'

/** The threads that the TUI is told of: their names and files, and which are none of the user's. */
export class ToldThreads {
  readonly #recording: Recording
  readonly #names = new Map<string, string>()
  readonly #paths = new Map<string, string>()

  constructor(recording: Recording) {
    this.#recording = recording
  }

  /** A message of the app-server's, before anybody else makes something of it. */
  fromServer(line: Uint8Array): void {
    const method = openingOf(line)?.method
    if (method === undefined) this.#note(pick(line, ['result', 'thread'], MEMBERS))
    if (method === 'thread/started') this.#note(pick(line, ['params', 'thread'], MEMBERS))
    if (method === 'thread/name/updated') {
      const { threadId, threadName } = pick(line, ['params'], ['threadId', 'threadName'])
      this.#note({ id: threadId, name: threadName })
    }
  }

  of(threadId: string): NamedThread {
    const path = this.#paths.get(threadId)
    return { name: this.#names.get(threadId), isKept: path !== undefined && existsSync(path) }
  }

  #note(thread: Record<string, unknown>): void {
    const [id, name, path] = [text(thread.id), text(thread.name), text(thread.path)]
    if (id === undefined) return
    if (name !== undefined) this.#names.set(id, name)
    if (path !== undefined) this.#paths.set(id, path)
    // The TUI has a title made of the first words, in a thread and session of its own.
    const { latest } = this.#recording
    if (thread.ephemeral === true && latest.isNamed) {
      this.#recording.adopt(text(thread.sessionId) ?? id, latest)
    }
  }
}

const MEMBERS = ['id', 'sessionId', 'ephemeral', 'name', 'path']
