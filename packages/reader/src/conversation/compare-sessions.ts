import { basename } from 'node:path'
import {
  compareRequests,
  jsonText,
  type Message,
  type Part,
  type RequestComparison,
} from '@tacho/model'
import { parsedJson } from '../json-value.js'
import type { IndexedExchange } from '../raw-index.js'
import { readManifest } from '../read-manifest.js'
import { ReaderError } from '../reader-error.js'
import type { ConversationReader, Given } from './conversation-reader.js'
import { goesOn, ownRequests } from './own-requests.js'

/** One step of a session: what its user asked, what its model called, or the result. */
export type SessionStep = {
  kind: 'user' | 'call' | 'result'
  /** For a tool. */
  name?: string
  /** As sent. */
  text: string
  /** The number of its message, starting at 1, in the request of an exchange. */
  message: number
  exchange: number
}

/** Where two sessions diverge. */
export type ComparedSessions = {
  /** How many steps both begin with. */
  shared: number
  steps: [number, number]
  /** In each, the first step that the other does not have there; absent if it has no more. */
  parted: [SessionStep | undefined, SessionStep | undefined]
  /** Their first requests: a different model, tools, instructions, parameters. */
  start?: RequestComparison
}

/**
 * Finds the first step at which two sessions diverge. Ignores prose and whatever varies between
 * runs of the same task: ids, times, durations, and the working folder.
 */
export function compareSessions(
  one: ConversationReader,
  other: ConversationReader,
): ComparedSessions {
  const [mine, theirs] = [stepsOf(one), stepsOf(other)]
  const [maskMine, maskTheirs] = [maskOf(one), maskOf(other)]
  let shared = 0
  for (; shared < Math.min(mine.length, theirs.length); shared += 1) {
    const [a, b] = [mine[shared], theirs[shared]]
    if (a === undefined || b === undefined || keyOf(a, maskMine) !== keyOf(b, maskTheirs)) break
  }
  const [first, second] = [mine[shared], theirs[shared]]
  const start = startOf(one, other)
  return {
    shared,
    steps: [mine.length, theirs.length],
    parted: [first && placed(one, first), second && placed(other, second)],
    ...(start !== undefined && { start }),
  }
}

function startOf(
  one: ConversationReader,
  other: ConversationReader,
): RequestComparison | undefined {
  const [first, second] = [ownRequests(one)[0], ownRequests(other)[0]]
  const [before, after] = [first && giving(one, first), second && giving(other, second)]
  if (before === undefined || after === undefined) return undefined
  const compared = compareRequests(before.request, after.request)
  return { ...compared, parameters: compared.parameters.filter(({ name }) => !IDS.has(name ?? '')) }
}

// Parameters that identify a session, and so differ between any two.
const IDS = new Set([
  ...['client_metadata', 'prompt_cache_key', 'metadata', 'session_id', 'user_prompt_id'],
])

function giving(reader: ConversationReader, exchange: IndexedExchange): Given | undefined {
  try {
    return reader.given(exchange)
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}

// A request repeats everything before it, so only the last requests need to be read: of the
// session, and before each shortened history.
function stepsOf(reader: ConversationReader): SessionStep[] {
  const requests = ownRequests(reader)
  const seen = new Set<string>()
  const steps: SessionStep[] = []
  for (const [index, exchange] of requests.entries()) {
    if (reader.isSpent) break
    const next = requests[index + 1]
    if (next !== undefined && goesOn(reader, exchange, next)) continue
    const given = giving(reader, exchange)
    if (given === undefined) continue
    // Repeats of an earlier history are not new steps; within one history, a step can occur twice.
    const isLater = seen.size > 0
    const { messages, api } = given.request
    const last = next === undefined ? reader.answered(exchange, api).answer.messages : []
    ;[...messages, ...last].forEach((message, place) => {
      const key = `${message.role} ${jsonText(message.parts)}`
      if (seen.has(key) && isLater) return
      seen.add(key)
      steps.push(...stepsOfMessage(message, place + 1, exchange.number))
    })
  }
  return steps
}

function stepsOfMessage(
  { role, parts }: Message,
  message: number,
  exchange: number,
): SessionStep[] {
  const at = { message, exchange }
  return parts.flatMap((part): SessionStep[] => {
    if (part.type === 'tool_call') {
      return [{ kind: 'call', name: part.name, text: part.arguments, ...at }]
    }
    if (part.type === 'tool_call_response') {
      const name = part.name === undefined ? {} : { name: part.name }
      return [{ kind: 'result', ...name, text: textOf(part.parts), ...at }]
    }
    return part.type === 'text' && role === 'user' ? [{ kind: 'user', text: part.text, ...at }] : []
  })
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : jsonText(part))).join('\n')
}

function keyOf({ kind, name, text }: SessionStep, mask: (text: string) => string): string {
  const value = kind === 'call' ? parsedJson(text) : undefined
  const said = value === undefined ? text : jsonText(sorted(value))
  return `${kind} ${name ?? ''} ${mask(said)}`
}

// The order of an object's members does not matter.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
}

function maskOf({ folder }: ConversationReader): (text: string) => string {
  const read = readManifest(folder)
  const runs = 'manifest' in read ? read.manifest.runs : []
  const own = [...new Set([...runs.map(({ cwd }) => cwd), basename(folder)])]
    .filter((text) => text.length > 1)
    .sort((one, other) => other.length - one.length)
  return (text) => {
    const without = own.reduce((masked, word) => masked.replaceAll(word, '…'), text)
    return VOLATILE.reduce((masked, pattern) => masked.replaceAll(pattern, '…'), without)
  }
}

const VOLATILE = [
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?/g,
  /\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s|sec|seconds?|minutes?)\b/g,
  /\b(?=[0-9a-f]{0,40}\d)[0-9a-f]{6,40}\b/gi,
  /\/tmp\/[^\s"'/\\]+/g,
]

/**
 * Finds the first exchange whose request contains a step: the history grows from one to the next.
 */
function placed(reader: ConversationReader, step: SessionStep): SessionStep {
  const requests = ownRequests(reader)
  const place = requests.findIndex(({ number }) => number === step.exchange)
  let from = place
  while (from > 0) {
    const [earlier, now] = [requests[from - 1], requests[from]]
    if (earlier === undefined || now === undefined || !goesOn(reader, earlier, now)) break
    from -= 1
  }
  let [low, high] = [from, place]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const exchange = requests[middle]
    const held = exchange && giving(reader, exchange)?.request.messages.length
    if ((held ?? 0) >= step.message) high = middle
    else low = middle + 1
  }
  return { ...step, exchange: requests[low]?.number ?? step.exchange }
}
