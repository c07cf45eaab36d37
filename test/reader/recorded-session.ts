import type { SeenEvent } from '@tacho/format'
import { type Conversation, Recording, type RequestHead } from '@tacho/recorder'
import { SESSION_ID, START, sessionsDirectory, TURN } from './session-folder.js'

export const CONVERSATION: Conversation = {
  sessionId: SESSION_ID,
  threadId: SESSION_ID,
  turnId: TURN,
}

/** The same, as named by the taps of Codex's own messages. */
export const PLACE = { threadId: SESSION_ID, turnId: TURN }

/** A recording by the real recorder on a clock set by hand. */
export class RecordedSession {
  readonly directory = sessionsDirectory()
  readonly recording: Recording
  readonly #troubles: string[] = []
  #now = START * 1000

  constructor() {
    this.recording = new Recording({
      root: this.directory,
      agent: { name: 'codex', version: '0.169.0' },
      command: 'app-server',
      argv: ['app-server'],
      cwd: '/home/ada/project',
      environment: {},
      logLevel: 'info',
      onTrouble: (sentence) => this.#troubles.push(sentence),
      clock: { microseconds: () => this.#now },
    })
  }

  get session() {
    return this.recording.session(SESSION_ID)
  }

  get folder(): string {
    return this.session.folder
  }

  /** Sets the clock to this many milliseconds after the start, and returns the time. */
  at(milliseconds: number): number {
    this.#now = (START + milliseconds) * 1000
    return this.#now
  }

  /** A tap sees something this many milliseconds after the start. */
  sees(milliseconds: number, event: SeenEvent): void {
    const at = this.at(milliseconds)
    this.session.event(event, at)
  }

  async close(milliseconds: number): Promise<void> {
    this.at(milliseconds)
    await this.recording.close({ exitCode: 0 })
    if (this.#troubles.length > 0) throw new Error(this.#troubles.join('\n'))
  }
}

/** The head of a Codex request in the turn {@link TURN}. */
export function requestHead(path = '/v1/responses'): RequestHead {
  return {
    method: 'POST',
    url: `http://127.0.0.1:4000${path}`,
    headers: [['Content-Type', 'application/json']],
    provider: 'openai',
    conversation: CONVERSATION,
  }
}
