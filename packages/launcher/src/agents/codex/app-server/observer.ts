import { FaultBarrier, type Recording, type Session } from '@tacho/recorder'
import type { JsonRpcObserver } from '../../../taps/json-rpc/observer.js'
import { Items } from './items.js'
import { pick } from './json-members.js'
import { openingOf } from './method.js'
import { OpenQuestions } from './open-questions.js'
import { Reviews } from './reviews.js'
import { type Place, Threads } from './threads.js'
import { withTrace } from './trace-member.js'
import { text } from './values.js'

/** What is told of a connection between a client and Codex's app-server. */
export type AppServerObserver = JsonRpcObserver

export type AppServerObserverOptions = {
  recording: Recording
  /** Is told of each thread of the connection, once. */
  onThread?: (threadId: string, session: Session) => void
}

/**
 * Watches the JSON-RPC messages between a client and Codex's app-server (0.169) and records what
 * they tell: threads, turns, tools, what is asked and answered, and what is to stop. It never
 * throws; a message that does not concern us costs a look at its first bytes.
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
        passed = connection.fromClient(line, recording.now())
      })
      return passed
    },
    fromServer(line) {
      barrier.do('the JSON-RPC tap, from the app-server', () => connection.fromServer(line))
    },
    clientGone(at) {
      barrier.do('the JSON-RPC tap, client gone', () => connection.clientGone(at))
    },
    serverGone(at) {
      barrier.do('the JSON-RPC tap, app-server gone', () => connection.serverGone(at))
    },
  }
}

// Their responses tell the thread, and it the session.
const THREAD_METHODS = new Set(['thread/start', 'thread/resume', 'thread/fork'])

type OnNotification = (line: Uint8Array, at: number) => void

class Connection {
  readonly #recording: Recording
  readonly #threads: Threads
  readonly #items: Items
  readonly #reviews: Reviews
  readonly #questions: OpenQuestions
  readonly #notifications: ReadonlyMap<string, OnNotification>
  /** The client's own requests whose responses tell a thread. */
  readonly #threadRequests = new Set<unknown>()
  #isClientGone = false

  constructor({ recording, onThread = () => {} }: AppServerObserverOptions) {
    this.#recording = recording
    this.#threads = new Threads(recording, onThread)
    this.#items = new Items(this.#threads)
    this.#reviews = new Reviews(this.#threads)
    this.#questions = new OpenQuestions(recording, this.#threads, this.#items)
    this.#notifications = new Map<string, OnNotification>([
      ['thread/started', (line) => this.#threadTold(line, 'params')],
      ['turn/started', (line, at) => this.#turnStarted(line, at)],
      ['turn/completed', (line, at) => this.#turnCompleted(line, at)],
      ['item/started', (line, at) => this.#items.started(line, at)],
      ['item/completed', (line, at) => this.#items.completed(line, at)],
      ['item/autoApprovalReview/started', (line, at) => this.#reviews.started(line, at)],
      ['item/autoApprovalReview/completed', (line, at) => this.#reviews.completed(line, at)],
      ['serverRequest/resolved', (line, at) => this.#questions.resolved(line, at)],
    ])
  }

  fromServer(line: Uint8Array): void {
    const opening = openingOf(line)
    if (opening !== undefined) {
      this.#serverSays(opening.method, opening.isRequest, line)
      return
    }
    const { id, method } = pick(line, [], ['id', 'method'])
    if (typeof method === 'string') this.#serverSays(method, id !== undefined, line)
    else if (this.#threadRequests.delete(id)) this.#threadTold(line, 'result')
  }

  fromClient(line: Uint8Array, at: number): Uint8Array {
    const { method, id, trace } = pick(line, [], ['method', 'id', 'trace'])
    if (id === undefined) return line
    if (typeof method !== 'string') {
      this.#questions.answered(id, line, at)
      return line
    }
    if (THREAD_METHODS.has(method)) this.#threadRequests.add(id)
    const { threadId, turnId } = pick(line, ['params'], ['threadId', 'turnId'])
    if (method === 'turn/interrupt') this.#interrupted(this.#threads.place(threadId, turnId), at)
    if (trace !== undefined || !this.#threads.isKnown(threadId)) return line
    return withTrace(line, traceparentOf(this.#threads.place(threadId)))
  }

  clientGone(at: number): void {
    if (this.#isClientGone) return
    this.#isClientGone = true
    for (const session of this.#threads.sessions())
      session.wishAll('host', 'the client hung up', at)
  }

  serverGone(_at: number): void {
    this.#recording.log('debug', 'tacho', 'the app-server has closed its side')
  }

  #serverSays(method: string, isRequest: boolean, line: Uint8Array): void {
    if (isRequest) this.#questions.asked(method, line, this.#recording.now())
    else this.#notifications.get(method)?.(line, this.#recording.now())
  }

  #threadTold(line: Uint8Array, member: 'params' | 'result'): void {
    this.#threads.note(pick(line, [member, 'thread'], ['id', 'sessionId', 'parentThreadId']))
  }

  #turnStarted(line: Uint8Array, at: number): void {
    const { session, conversation } = this.#turn(line).place
    const { turnId } = conversation
    if (turnId !== undefined) session.turns.spanIdOf(turnId, conversation, at)
  }

  #turnCompleted(line: Uint8Array, at: number): void {
    const { place, status } = this.#turn(line)
    place.session.turnEnded(place.conversation, status ?? 'completed', at)
  }

  #turn(line: Uint8Array): { place: Place; status: string | undefined } {
    const { threadId } = pick(line, ['params'], ['threadId'])
    const { id, status } = pick(line, ['params', 'turn'], ['id', 'status'])
    return { place: this.#threads.place(threadId, id), status: text(status) }
  }

  #interrupted({ session, conversation }: Place, at: number): void {
    const { turnId } = conversation
    if (turnId !== undefined && session.turns.isOpen(turnId)) {
      session.cancellations.wish({ origin: 'user', reason: 'turn/interrupt', conversation, at })
    } else {
      this.#recording.log('warn', 'tacho', `turn/interrupt for ${turnId}, which is not running`)
    }
  }
}

/** W3C trace context: the turn of the thread that is going on, else the run. */
function traceparentOf({ session, conversation }: Place): string {
  const turn = session.turns.open().find((one) => one.threadId === conversation.threadId)
  return `00-${session.traceId}-${session.parentFor(turn ?? {})}-01`
}
