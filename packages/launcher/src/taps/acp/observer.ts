import { FaultBarrier, type Recording, type Session } from '@tacho/recorder'
import { pick } from '../json-rpc/json-members.js'
import type { JsonRpcObserver } from '../json-rpc/observer.js'
import {
  type SeenMessage,
  seenAnswer,
  seenCancel,
  seenElicitation,
  seenPermission,
  seenRequest,
  seenResult,
  seenToolUpdate,
} from './seen-message.js'
import type { AcpSessions } from './sessions.js'
import { isTextChunk } from './text-chunk.js'

export type AcpObserverOptions = {
  recording: Recording
  sessions: AcpSessions
  /** Called with the agent's own name. */
  onName?: ((name: string) => void) | undefined
  /** The connection's number; default: a new one. */
  connection?: number
}

/**
 * Watches the messages between a client and an agent of the Agent Client Protocol (version 1) and
 * records those about sessions, prompts, tools, questions and answers. Never throws, and changes
 * nothing; of a text chunk only the first bytes are read.
 */
export function observeAcp(options: AcpObserverOptions): JsonRpcObserver {
  const { recording } = options
  const connection = new Connection(options)
  const barrier = new FaultBarrier((part, cause) =>
    recording.log('error', 'tacho', `${part}: ${cause instanceof Error ? cause.stack : cause}`),
  )
  return {
    changesNothing: true,
    fromClient(line, at = recording.now()) {
      barrier.do('the ACP tap, from the client', () => connection.fromClient(line, at))
      return line
    },
    fromServer(line, at = recording.now()) {
      barrier.do('the ACP tap, from the agent', () => connection.fromAgent(line, at))
    },
    clientGone(at) {
      barrier.do('the ACP tap, client gone', () => connection.clientGone(at))
    },
    serverGone() {
      barrier.do('the ACP tap, agent gone', () => connection.agentGone())
    },
  }
}

/** Their answers name the session, or confirm that it exists. */
const SESSION_METHODS = new Set(['session/new', 'session/load', 'session/resume', 'session/fork'])

/** A request that waits for its answer. */
type Asked = {
  method: string
  at: number
  /** The session that the request names. */
  sessionId: unknown
  message: SeenMessage
}

type Side = 'client' | 'agent'

let connections = 0

class Connection {
  readonly #recording: Recording
  readonly #sessions: AcpSessions
  readonly #onName: (name: string) => void
  readonly #number: number
  /** The client's requests whose answers matter, by id. */
  readonly #requests = new Map<string, Asked>()
  /** The sessions of the agent's questions, by the question's id. */
  readonly #questions = new Map<string, Session>()
  /** Sessions whose history is being replayed. */
  readonly #loading = new Set<unknown>()
  readonly #notUnderstood = { client: 0, agent: 0 }
  #isClientGone = false
  /** When the current message arrived. */
  #at = 0

  constructor({ recording, sessions, onName = () => {}, connection }: AcpObserverOptions) {
    connections += 1
    this.#number = connection ?? connections
    this.#recording = recording
    this.#sessions = sessions
    this.#onName = onName
  }

  fromClient(line: Uint8Array, at: number): void {
    this.#at = at
    const { method, id } = pick(line, [], ['method', 'id'])
    if (typeof method === 'string') this.#clientSays(method, id, line)
    else if (id !== undefined) this.#clientAnswers(id, line)
    else this.#strange('client', line)
  }

  fromAgent(line: Uint8Array, at: number): void {
    if (isTextChunk(line)) return
    this.#at = at
    const { method, id } = pick(line, [], ['method', 'id'])
    if (typeof method === 'string') this.#agentSays(method, id, line)
    else if (id !== undefined) this.#agentAnswers(id, line)
    else this.#strange('agent', line)
  }

  clientGone(at: number): void {
    if (this.#isClientGone) return
    this.#isClientGone = true
    for (const session of this.#sessions.all(this.#recording))
      session.event({ kind: 'client-gone', connection: this.#number }, at)
  }

  agentGone(): void {
    this.#recording.log('debug', 'tacho', 'the agent has closed its side')
    for (const side of ['client', 'agent'] as const) {
      const lines = this.#notUnderstood[side]
      // Powers of two were recorded as they were reached.
      if ((lines & (lines - 1)) !== 0) this.#tellStrange(side, lines)
    }
  }

  #clientSays(method: string, id: unknown, line: Uint8Array): void {
    const { sessionId } = pick(line, ['params'], ['sessionId'])
    if (SESSION_METHODS.has(method) || method === 'initialize') {
      const message = seenRequest(id, method, line)
      this.#requests.set(keyOf(id), { method, at: this.#at, sessionId, message })
      if (method === 'session/load') this.#loading.add(sessionId)
    } else if (method === 'session/prompt') {
      this.#sessions.note(sessionId)
      this.#sessions.prompted(sessionId)
      const message = seenRequest(id, method, line)
      this.#requests.set(keyOf(id), { method, at: this.#at, sessionId, message })
      this.#seen('client', sessionId, message)
    } else if (method === 'session/cancel') {
      this.#seen('client', sessionId, seenCancel(method, line))
    } else if (method === '$/cancel_request') {
      const message = seenCancel(method, line)
      const asked = this.#requests.get(keyOf(requestIn(message)))
      if (asked?.method === 'session/prompt') this.#seen('client', asked.sessionId, message)
    }
  }

  #clientAnswers(id: unknown, line: Uint8Array): void {
    const session = this.#questions.get(keyOf(id))
    if (session === undefined) return
    this.#questions.delete(keyOf(id))
    this.#tell(session, 'client', seenAnswer(id, line))
  }

  #agentSays(method: string, id: unknown, line: Uint8Array): void {
    switch (method) {
      case 'session/update': {
        const message = seenToolUpdate(method, line)
        const sessionId = message && paramsOf(message).sessionId
        if (message !== undefined && !this.#loading.has(sessionId))
          this.#seen('agent', sessionId, message)
        break
      }
      case 'session/request_permission':
        this.#asks(id, seenPermission(id, method, line))
        break
      case 'elicitation/create':
        this.#asks(id, seenElicitation(id, method, line))
        break
      case '$/cancel_request': {
        const message = seenCancel(method, line)
        const session = this.#questions.get(keyOf(requestIn(message)))
        if (session !== undefined) this.#tell(session, 'agent', message)
        break
      }
      default:
    }
  }

  #asks(id: unknown, message: SeenMessage): void {
    if (id === undefined) return
    const session = this.#sessions.of(paramsOf(message).sessionId, this.#recording)
    this.#questions.set(keyOf(id), session)
    this.#tell(session, 'agent', message)
  }

  #agentAnswers(id: unknown, line: Uint8Array): void {
    const asked = this.#requests.get(keyOf(id))
    if (asked === undefined) return
    this.#requests.delete(keyOf(id))
    const { method, sessionId } = asked
    if (method === 'initialize') this.#initialized(line)
    else if (method === 'session/prompt') {
      this.#sessions.answered(sessionId)
      this.#seen('agent', sessionId, seenResult(id, line))
    } else this.#sessionTold(id, asked, line)
  }

  #initialized(line: Uint8Array): void {
    const { name, version } = pick(line, ['result', 'agentInfo'], ['name', 'version'])
    if (typeof version === 'string') this.#recording.noteAgentVersion(version)
    if (typeof name === 'string' && name !== '') this.#onName(name)
  }

  /** A session has begun or continues; or the agent does not know it. */
  #sessionTold(id: unknown, { at, sessionId: named, message }: Asked, line: Uint8Array): void {
    this.#loading.delete(named)
    const result = seenResult(id, line)
    if (result.error !== undefined) {
      const words = `${message.method} was answered with an error: ${JSON.stringify(result.error)}`
      this.#recording.log('warn', 'tacho', words)
      return
    }
    // A fork names the session that it comes from, and its answer names its own.
    const sessionId = (result.result as Record<string, unknown>).sessionId ?? named
    this.#sessions.note(sessionId)
    const session = this.#sessions.of(sessionId, this.#recording, at)
    session.event({ kind: 'acp', connection: this.#number, from: 'client', message }, at)
    this.#tell(session, 'agent', result)
    const { cwd } = paramsOf(message)
    if (typeof cwd === 'string') session.noteCwd(cwd)
  }

  /** A line that is not JSON-RPC is forwarded like any other; this counts it. */
  #strange(from: Side, line: Uint8Array): void {
    if (isBlank(line)) return
    this.#notUnderstood[from] += 1
    const lines = this.#notUnderstood[from]
    if (lines === 1) {
      const words = Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, 200)).toString()
      this.#recording.log(
        'warn',
        'tacho',
        `the ${from} sends what is not JSON-RPC: ${words.trim()}`,
      )
    }
    if ((lines & (lines - 1)) === 0) this.#tellStrange(from, lines)
  }

  #tellStrange(from: Side, lines: number): void {
    const connection = this.#number
    this.#recording.latest.event({ kind: 'not-understood', connection, from, lines })
  }

  #seen(from: Side, sessionId: unknown, message: SeenMessage): void {
    this.#tell(this.#sessions.of(sessionId, this.#recording), from, message)
  }

  #tell(session: Session, from: Side, message: SeenMessage): void {
    session.event({ kind: 'acp', connection: this.#number, from, message }, this.#at)
  }
}

/** The number 1 and the string "1" are different ids. */
function keyOf(id: unknown): string {
  return JSON.stringify(id) ?? 'undefined'
}

function paramsOf(message: SeenMessage): Record<string, unknown> {
  return message.params as Record<string, unknown>
}

function requestIn(message: SeenMessage): unknown {
  return paramsOf(message).requestId
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
}
