import { record } from '@tacho/model'
import { FaultBarrier, type Recording, type Session } from '@tacho/recorder'
import { pick } from '../../../taps/json-rpc/json-members.js'
import type { JsonRpcObserver } from '../../../taps/json-rpc/observer.js'
import { versionOf } from '../user-agent.js'
import { openingOf } from './method.js'
import {
  type SeenMessage,
  seenAnswer,
  seenNotification,
  seenQuestion,
  seenRequest,
  seenThread,
} from './seen-message.js'
import { Threads } from './threads.js'
import { withTrace } from './trace-member.js'

/** Observes a connection between a client and Codex's app-server. */
export type AppServerObserver = JsonRpcObserver

export type AppServerObserverOptions = {
  recording: Recording
  /** The connection's number; default: a new one. */
  connection?: number
  /** Called once for each thread of the connection. */
  onThread?: (threadId: string, session: Session) => void
}

/**
 * Watches the JSON-RPC messages between a client and Codex's app-server (0.169) and records those
 * about threads, turns, tools, questions and answers. Never throws; of an irrelevant message only
 * the first bytes are read.
 */
export function observeAppServer(options: AppServerObserverOptions): AppServerObserver {
  const { recording } = options
  const connection = new Connection(options)
  const barrier = new FaultBarrier((part, cause) =>
    recording.log('error', 'tacho', `${part}: ${cause instanceof Error ? cause.stack : cause}`),
  )
  return {
    fromClient(line) {
      let passed = line
      barrier.do('the JSON-RPC tap, from the client', () => {
        passed = connection.fromClient(line)
      })
      return passed
    },
    fromServer(line) {
      barrier.do('the JSON-RPC tap, from the app-server', () => connection.fromServer(line))
    },
    clientGone(at) {
      barrier.do('the JSON-RPC tap, client gone', () => connection.clientGone(at))
    },
    serverGone() {
      barrier.do('the JSON-RPC tap, app-server gone', () =>
        recording.log('debug', 'tacho', 'the app-server has closed its side'),
      )
    },
  }
}

// Their responses name the thread, and the thread names the session.
const THREAD_METHODS = new Set(['thread/start', 'thread/resume', 'thread/fork'])

let connections = 0

class Connection {
  readonly #recording: Recording
  readonly #threads: Threads
  readonly #number: number
  /** The client's own requests whose responses name a thread. */
  readonly #threadRequests = new Set<unknown>()
  /** What the app-server has asked; kept, so that a late or second answer is recognized. */
  readonly #asked = new Map<string, Asked>()
  /** The request whose answer contains the app-server's version, and the client's name. */
  #initialize: { id: unknown; client: unknown } | undefined
  #isClientGone = false

  constructor({ recording, connection, onThread = () => {} }: AppServerObserverOptions) {
    connections += 1
    this.#number = connection ?? connections
    this.#recording = recording
    this.#threads = new Threads(recording, onThread)
  }

  fromServer(line: Uint8Array): void {
    const opening = openingOf(line)
    if (opening !== undefined) {
      this.#serverSays(opening, line)
      return
    }
    const { id, method } = pick(line, [], ['id', 'method'])
    if (typeof method === 'string') this.#serverSays({ method, isRequest: id !== undefined }, line)
    else if (this.#threadRequests.delete(id)) this.#threadTold(id, line)
    else if (id !== undefined && this.#initialize?.id === id) this.#initialized(line)
  }

  fromClient(line: Uint8Array): Uint8Array {
    const { method, id, trace } = pick(line, [], ['method', 'id', 'trace'])
    if (id === undefined) return line
    if (typeof method !== 'string') {
      this.#answered(id, line)
      return line
    }
    if (THREAD_METHODS.has(method)) this.#threadRequests.add(id)
    if (method === 'initialize')
      this.#initialize = { id, client: pick(line, ['params', 'clientInfo'], ['name']).name }
    const message = seenRequest(method, id, line)
    const { threadId } = record(message.params)
    if (method.startsWith('turn/')) this.#seen('client', this.#threads.sessionOf(threadId), message)
    if (trace !== undefined || !this.#threads.isKnown(threadId)) return line
    return withTrace(line, traceparentOf(this.#threads.sessionOf(threadId), threadId))
  }

  clientGone(at: number): void {
    if (this.#isClientGone) return
    this.#isClientGone = true
    for (const session of this.#threads.sessions())
      session.event({ kind: 'client-gone', connection: this.#number }, at)
  }

  #serverSays(opening: { method: string; isRequest: boolean }, line: Uint8Array): void {
    if (opening.isRequest) {
      const message = seenQuestion(opening, line)
      const { threadId, conversationId } = record(message.params)
      const session = this.#threads.sessionOf(threadId ?? conversationId)
      this.#noteAsked(opening.method, message.id, session)
      this.#seen('server', session, message)
      return
    }
    const message = seenNotification(opening, line)
    if (message === undefined) return
    const params = record(message.params)
    if (params.thread !== undefined) this.#threads.note(record(params.thread))
    const resolved = this.#asked.get(JSON.stringify(params.requestId))
    if (opening.method === 'serverRequest/resolved' && resolved !== undefined)
      resolved.isOver = true
    this.#seen('server', this.#threads.sessionOf(params.threadId ?? idOf(params.thread)), message)
  }

  #initialized(line: Uint8Array): void {
    const { userAgent } = pick(line, ['result'], ['userAgent'])
    const { client } = this.#initialize ?? {}
    this.#initialize = undefined
    const originator = typeof client === 'string' ? client : undefined
    const version = typeof userAgent === 'string' ? versionOf(userAgent, originator) : undefined
    if (version !== undefined) this.#recording.noteAgentVersion(version)
  }

  #threadTold(id: unknown, line: Uint8Array): void {
    const result = seenThread(line, 'result')
    this.#threads.note(record(result.thread))
    this.#seen('server', this.#threads.sessionOf(idOf(result.thread)), { id, result })
  }

  #noteAsked(method: string, id: unknown, session: Session): void {
    const key = JSON.stringify(id)
    const before = this.#asked.get(key)
    if (before !== undefined && !before.isOver && !before.isAnswered)
      this.#warn(`codex asked ${method} with the id ${key}, which it uses already`)
    this.#asked.set(key, { session, method, isAnswered: false, isOver: false })
  }

  #answered(id: unknown, line: Uint8Array): void {
    const key = JSON.stringify(id) ?? 'undefined'
    const asked = this.#asked.get(key)
    if (asked === undefined) {
      this.#warn(`the client answered the request ${key}, which is not open`)
      this.#seen('client', this.#recording.latest, seenAnswer(id, line))
      return
    }
    const { session, method, isAnswered, isOver } = asked
    if (isAnswered || isOver) {
      const how = isAnswered ? 'a second time' : 'too late'
      this.#warn(`the client answered the request ${key} (${method}) ${how}`)
    }
    asked.isAnswered = true
    this.#seen('client', session, seenAnswer(id, line))
  }

  #warn(words: string): void {
    this.#recording.log('warn', 'tacho', words)
  }

  #seen(from: 'client' | 'server', session: Session, message: SeenMessage): void {
    session.event({ kind: 'json-rpc', connection: this.#number, from, message })
  }
}

/** A request of the app-server's, from its start to its end. */
type Asked = { session: Session; method: string; isAnswered: boolean; isOver: boolean }

function idOf(thread: unknown): unknown {
  return record(thread).id
}

/** Returns the W3C trace context: the open turn of the thread, else the run. */
function traceparentOf(session: Session, threadId: unknown): string {
  const thread = typeof threadId === 'string' ? threadId : undefined
  return `00-${session.traceId}-${session.spanOf(thread)}-01`
}
