import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { keepTranscript, linkTranscript, type Session } from '@tacho/recorder'

// Codex writes its rollout's first lines before its first request, so the file exists by the second
// sign of activity; looking costs a few system calls.
const PAUSE = 250

/** Links Codex's rollouts into the folders of their threads' sessions. */
export class Rollouts {
  readonly #codexHome: string
  readonly #threads = new Map<string, { session: Session; source: string | undefined }>()
  #linking: Promise<void> | undefined
  #linkedAt = Number.NEGATIVE_INFINITY

  constructor(codexHome: string) {
    this.#codexHome = codexHome
  }

  noteThread(threadId: string, session: Session): void {
    if (this.#threads.has(threadId)) return
    this.#threads.set(threadId, { session, source: undefined })
    this.#linkedAt = Number.NEGATIVE_INFINITY
  }

  /**
   * Links what exists by now. Called at each activity, but does the work only now and then. Never
   * throws.
   */
  link(): void {
    const now = performance.now()
    if (now - this.#linkedAt < PAUSE) return
    this.#linkedAt = now
    void this.#linkNow()
  }

  /** Links what exists by now, and links anew what Codex has replaced. */
  #linkNow(): Promise<void> {
    this.#linking ??= this.#linkAll().finally(() => {
      this.#linking = undefined
    })
    return this.#linking
  }

  /** Links one last time, and copies what could only be linked symbolically. */
  async close(): Promise<void> {
    await this.#linking
    await this.#linkNow()
    for (const { session, source } of this.#threads.values()) {
      if (source !== undefined) await keepTranscript(source, session.folder).catch(() => {})
    }
  }

  async #linkAll(): Promise<void> {
    for (const [threadId, thread] of this.#threads) {
      thread.source ??= await findRollout(this.#codexHome, threadId)
      if (thread.source !== undefined) await linkTranscript(thread.source, thread.session.folder)
    }
  }
}

const DAY = 24 * 60 * 60 * 1000

/**
 * Finds a thread's rollout: sessions/YYYY/MM/DD/rollout-<local time>-<thread id>.jsonl, where the
 * day is that of the thread's UUIDv7 in Codex's time zone, which may differ from ours.
 */
export async function findRollout(
  codexHome: string,
  threadId: string,
): Promise<string | undefined> {
  const milliseconds = Number.parseInt(threadId.replaceAll('-', '').slice(0, 12), 16)
  if (!Number.isSafeInteger(milliseconds)) return undefined
  for (const offset of [0, -DAY, DAY]) {
    const folder = join(codexHome, 'sessions', ...dayOf(new Date(milliseconds + offset)))
    const names = await readdir(folder).catch(() => [])
    const name = names.find(
      (one) => one.startsWith('rollout-') && one.includes(`-${threadId}.jsonl`),
    )
    if (name !== undefined) return join(folder, name)
  }
  return undefined
}

function dayOf(date: Date): string[] {
  const two = (number: number) => String(number).padStart(2, '0')
  return [String(date.getFullYear()), two(date.getMonth() + 1), two(date.getDate())]
}
