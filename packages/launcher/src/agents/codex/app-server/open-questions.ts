import type { ApprovalKind, Recording } from '@tacho/recorder'
import { type Answer, answerOf } from './answers.js'
import type { Items } from './items.js'
import { pick } from './json-members.js'
import { questionOf } from './questions.js'
import type { Place, Threads } from './threads.js'

/** A request of the app-server's, from its sending to its end. */
type ServerRequest = Place & {
  method: string
  /** Not there where it asks no person. */
  kind: ApprovalKind | undefined
  isAnswered: boolean
  isOver: boolean
}

/** What the app-server has asked its client, and what became of it. */
export class OpenQuestions {
  readonly #recording: Recording
  readonly #threads: Threads
  readonly #items: Items
  /** Questions stay when they are over, so that a late or second answer is known as such. */
  readonly #requests = new Map<string, ServerRequest>()

  constructor(recording: Recording, threads: Threads, items: Items) {
    this.#recording = recording
    this.#threads = threads
    this.#items = items
  }

  asked(method: string, line: Uint8Array, at: number): void {
    const id = requestId(pick(line, [], ['id']).id)
    const question = questionOf(method, line)
    const place = this.#threads.place(question?.threadId, question?.turnId)
    const kind = question?.kind
    const previous = this.#requests.get(id)
    if (previous !== undefined && !previous.isOver) {
      this.#warn(place, `codex asked ${method} with the id ${id}, which it uses already`)
      return
    }
    this.#requests.set(id, { ...place, method, kind, isAnswered: false, isOver: false })
    if (question === undefined) return
    const { itemId, reason, cwd, offered } = question
    const files = question.kind === 'file-change' ? this.#items.filesOf(itemId) : undefined
    place.session.approvals.asked({
      tap: 'json-rpc',
      id,
      kind: question.kind,
      what: question.what || (files ?? []).join(', '),
      files,
      reason,
      cwd,
      offered,
      callId: itemId,
      conversation: place.conversation,
      at,
    })
  }

  /** The client answers a request. */
  answered(id: unknown, line: Uint8Array, at: number): void {
    const key = requestId(id)
    const request = this.#requests.get(key)
    if (request === undefined) {
      this.#warn(undefined, `the client answered the request ${key}, which is not open`)
      return
    }
    const { method, kind, isAnswered, isOver } = request
    if (kind === undefined) {
      this.#requests.delete(key)
    } else if (isAnswered || isOver) {
      const how = isAnswered ? 'a second time' : 'too late'
      this.#warn(request, `the client answered the request ${key} (${method}) ${how}`)
    } else {
      request.isAnswered = true
      this.#record(key, request, answerOf(kind, line), at)
    }
  }

  /** The app-server says that a request is no longer open, be it answered or not. */
  resolved(line: Uint8Array, at: number): void {
    const key = requestId(pick(line, ['params'], ['requestId']).requestId)
    const request = this.#requests.get(key)
    if (request === undefined || request.isOver) return
    request.isOver = true
    if (request.isAnswered || request.kind === undefined) return
    const { session } = request
    session.approvals.answered('json-rpc', key, { decision: 'withdrawn', decidedBy: 'host', at })
  }

  #record(key: string, request: ServerRequest, answer: Answer, at: number): void {
    const { session, conversation } = request
    const { stopsTurn, ...decided } = answer
    session.approvals.answered('json-rpc', key, { ...decided, at })
    if (!stopsTurn) return
    session.cancellations.wish({ origin: 'approval', reason: answer.decision, conversation, at })
  }

  #warn(place: Place | undefined, message: string): void {
    this.#recording.session(place?.session.id)
    this.#recording.log('warn', 'tacho', message)
  }
}

// The number 1 and the text "1" are different ids.
function requestId(id: unknown): string {
  return JSON.stringify(id) ?? 'undefined'
}
