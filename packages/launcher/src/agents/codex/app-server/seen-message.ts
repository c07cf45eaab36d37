import { list, record } from '@tacho/model'
import { pick } from '../../../taps/json-rpc/json-members.js'
import type { Opening } from './method.js'

/** What is recorded of a message: the members that say what happens, none that hold contents. */
export type SeenMessage = Record<string, unknown>

/**
 * Reads a notification of the app-server's; undefined if it is about nothing that happens (Codex
 * 0.169).
 */
export function seenNotification({ method }: Opening, line: Uint8Array): SeenMessage | undefined {
  const read = Object.hasOwn(NOTIFICATIONS, method) ? NOTIFICATIONS[method] : undefined
  const params = read?.(line)
  return params && { method, params }
}

/** Reads a request of the app-server's to its client: usually a question. */
export function seenQuestion({ method }: Opening, line: Uint8Array): SeenMessage {
  const { id } = pick(line, [], ['id'])
  const { fileChanges, ...params } = pick(line, ['params'], QUESTION)
  if (fileChanges === undefined) return { id, method, params }
  const paths = Object.keys(record(fileChanges)).map((path) => [path, {}])
  return { id, method, params: { ...params, fileChanges: Object.fromEntries(paths) } }
}

/** Reads a request of the client's. */
export function seenRequest(method: string, id: unknown, line: Uint8Array): SeenMessage {
  return { id, method, params: pick(line, ['params'], ['threadId', 'turnId']) }
}

/** Reads the client's answer to a question, without what the user filled in. */
export function seenAnswer(id: unknown, line: Uint8Array): SeenMessage {
  const { error } = pick(line, [], ['error'])
  if (error !== undefined) return { id, error: pick(line, ['error'], ['code', 'message']) }
  const { answers, ...result } = pick(line, ['result'], ANSWER)
  return { id, result: answers === undefined ? result : { ...result, answers: counted(answers) } }
}

/** Reads the thread in a message of the app-server's. */
export function seenThread(line: Uint8Array, member: 'params' | 'result'): SeenMessage {
  return { thread: pick(line, [member, 'thread'], ['id', 'sessionId', 'parentThreadId']) }
}

const QUESTION = [
  ...['threadId', 'turnId', 'itemId', 'reason', 'cwd', 'command', 'networkApprovalContext'],
  ...['availableDecisions', 'grantRoot', 'permissions', 'serverName', 'message', 'title', 'url'],
  ...['questions', 'conversationId', 'callId', 'fileChanges'],
]

const ANSWER = ['decision', 'permissions', 'scope', 'action', 'answers']

const REVIEW = ['threadId', 'turnId', 'reviewId', 'targetItemId', 'review', 'action']

const PLACE = ['threadId', 'turnId']

// Never a tool's input or output, except the members that name what it does.
const ITEM = [
  ...['command', 'cwd', 'changes', 'server', 'tool', 'query', 'path'],
  ...['status', 'exitCode', 'durationMs', 'error'],
]

const NOTIFICATIONS: Record<string, (line: Uint8Array) => SeenMessage | undefined> = {
  'thread/started': (line) => seenThread(line, 'params'),
  'turn/started': seenTurn,
  'turn/completed': seenTurn,
  'item/started': seenItem,
  'item/completed': seenItem,
  'item/autoApprovalReview/started': (line) => pick(line, ['params'], REVIEW),
  'item/autoApprovalReview/completed': (line) => pick(line, ['params'], REVIEW),
  'serverRequest/resolved': (line) => pick(line, ['params'], ['threadId', 'requestId']),
}

function seenTurn(line: Uint8Array): SeenMessage {
  const turn = pick(line, ['params', 'turn'], ['id', 'status'])
  return { ...pick(line, ['params'], ['threadId']), turn }
}

// The raw log has messages and reasoning, which can be very long; these are not parsed.
const CONTENTS = new Set(['userMessage', 'agentMessage', 'reasoning', 'plan'])

function seenItem(line: Uint8Array): SeenMessage | undefined {
  const { type, id } = pick(line, ['params', 'item'], ['type', 'id'])
  if (typeof type !== 'string' || CONTENTS.has(type)) return undefined
  const { changes, ...item } = pick(line, ['params', 'item'], ITEM)
  const paths = list(changes).map((change) => ({ path: record(change).path }))
  return {
    ...pick(line, ['params'], PLACE),
    item: { type, id, ...item, ...(changes !== undefined && { changes: paths }) },
  }
}

/** Keeps that something was answered, but not what. */
function counted(answers: unknown): Record<string, unknown> {
  const questions = Object.entries(record(answers))
  return Object.fromEntries(
    questions.map(([id, one]) => [id, { answers: list(record(one).answers).map(() => '') }]),
  )
}
