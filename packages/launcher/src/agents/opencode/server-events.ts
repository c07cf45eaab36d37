import { cut } from '@tacho/format'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { Scrubber } from '@tacho/scrub'
import type { Conversations } from './conversation.js'

type Json = Record<string, unknown>

/**
 * Records events of opencode's server, in the session that they are about: questions and answers,
 * and how messages, tools and turns begin and end. The requests have the content. Never throws.
 */
export class ServerEvents {
  readonly #conversations: Conversations
  /** The last recorded state of each message and call: events repeat themselves often. */
  readonly #told = new Map<string, string>()
  #barrier: FaultBarrier | undefined

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** @param text one event, as JSON. */
  take(text: string, recording: Recording): void {
    this.#barrier ??= new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#barrier.do("opencode's events", () => this.#take(text, recording))
  }

  #take(text: string, recording: Recording): void {
    // Pieces of an answer: most of all events, and none that is useful.
    if (text.includes('"message.part.delta"')) return
    const { id, type: name, properties } = objectAt(objectOf(text), 'payload')
    if (typeof name !== 'string') return
    const told = asObject(properties)
    const kept = told && keptOf(name, told)
    const sessionId = kept && textAt(kept, 'sessionID')
    if (kept === undefined || sessionId === undefined) return
    const parent = textAt(objectAt(kept, 'info'), 'parentID')
    if (name.startsWith('session.') && parent !== undefined)
      this.#conversations.noteParent(sessionId, parent)
    if (!this.#isNews(name, kept)) return
    const { scrubber } = recording
    const happenedAt = momentOf(id, recording.now())
    const session = recording.session(this.#conversations.rootOf(sessionId))
    session.event({
      kind: 'server-event',
      name,
      ...(happenedAt !== undefined && { happenedAt }),
      properties: shortened(kept, scrubber) as Json,
    })
  }

  #isNews(name: string, kept: Json): boolean {
    const one = objectAt(kept, 'info')
    const id = textAt(one, 'id') ?? textAt(objectAt(kept, 'part'), 'callID')
    if (id === undefined || !/^(message|session)\./.test(name)) return true
    const said = JSON.stringify(kept)
    if (this.#told.get(id) === said) return false
    this.#told.set(id, said)
    return true
  }
}

/** Returns the useful part of an event, or undefined if there is none (opencode 1.18). */
function keptOf(name: string, properties: Json): Json | undefined {
  const { sessionID } = properties
  switch (name) {
    case 'permission.asked':
    case 'permission.replied':
    case 'question.asked':
    case 'question.replied':
    case 'question.rejected':
    case 'session.status':
    case 'session.idle':
    case 'session.error':
    case 'session.compacted':
      return properties
    case 'session.created':
      return { sessionID, info: picked(objectAt(properties, 'info'), ['id', 'parentID']) }
    case 'message.updated':
      return { sessionID, info: picked(objectAt(properties, 'info'), MESSAGE) }
    case 'message.part.updated': {
      const part = objectAt(properties, 'part')
      return part.type === 'tool' ? { sessionID, part: keptCall(part) } : undefined
    }
    default:
      return undefined
  }
}

const MESSAGE = ['id', 'parentID', 'role', 'agent', 'finish', 'error', 'time']

// Its output is in the next request.
function keptCall(part: Json): Json {
  const state = objectAt(part, 'state')
  const { exit } = objectAt(state, 'metadata')
  return {
    ...picked(part, ['callID', 'messageID', 'tool']),
    state: {
      ...picked(state, [
        'status',
        'error',
        'time',
        ...(state.status === 'running' ? ['input'] : []),
      ]),
      ...(exit !== undefined && { exit }),
    },
  }
}

function picked(json: Json, names: readonly string[]): Json {
  return Object.fromEntries(
    names.filter((name) => json[name] !== undefined).map((name) => [name, json[name]]),
  )
}

/** Longer texts are contents: of a file, of a patch. */
const TEXT_CHARACTERS = 4096
const DEPTH = 12

// Scrubbed before it is cut, because half of a secret would not be recognized.
function shortened(value: unknown, scrubber: Scrubber, depth = 0): unknown {
  if (typeof value === 'string') return cut(scrubber.text(value), TEXT_CHARACTERS)
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEPTH) return null
  if (Array.isArray(value)) return value.map((one) => shortened(one, scrubber, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, shortened(one, scrubber, depth + 1)]),
  )
}

/** The 36 bits of milliseconds at the start of an id wrap around every two years. */
const ROUND = 2 ** 36

/**
 * Returns when an event happened, from its id: 12 hex digits of the milliseconds since 1970
 * followed by a 12-bit counter, cut to 48 bits (opencode 1.18).
 *
 * @param now microseconds since the epoch.
 */
export function momentOf(id: unknown, now: number): number | undefined {
  const digits = typeof id === 'string' ? /^evt_([0-9a-f]{12})/.exec(id)?.[1] : undefined
  if (digits === undefined) return undefined
  const low = Math.floor(Number.parseInt(digits, 16) / 4096)
  const milliseconds = Math.floor(now / 1000)
  const round = Math.floor(milliseconds / ROUND) * ROUND
  const near = [round - ROUND + low, round + low].filter((one) => one <= milliseconds + 1000).at(-1)
  // More than an hour ago cannot be right for a current event.
  if (near === undefined || milliseconds - near > 3_600_000) return undefined
  return near * 1000
}

function objectOf(text: string): Json {
  try {
    return asObject(JSON.parse(text)) ?? {}
  } catch {
    return {}
  }
}

function objectAt(json: Json, key: string): Json {
  return asObject(json[key]) ?? {}
}

function textAt(json: Json, key: string): string | undefined {
  const value = json[key]
  return typeof value === 'string' ? value : undefined
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined
}
