import { Conversation, newSession, type Request } from './conversation.js'
import type { Random } from './random.js'

export type Scenario = { name: string; requests: () => Generator<Request> }

const TURNS = 500
// From 40 KB to 1 MB in 500 requests.
const TURN_BYTES = 1_050

/** The sessions for measuring a body codec. Each request is generated on demand. */
export function scenarios(random: Random): Scenario[] {
  return [
    { name: 'one conversation', requests: () => oneConversation(random) },
    { name: 'three interleaved', requests: () => interleaved(random) },
    { name: 'compaction in the middle', requests: () => compacted(random) },
  ]
}

function* oneConversation(random: Random): Generator<Request> {
  const conversation = new Conversation(random, newSession(random), TURN_BYTES)
  for (let turn = 0; turn < TURNS; turn += 1) yield conversation.next()
}

function* interleaved(random: Random): Generator<Request> {
  const session = newSession(random)
  const conversations = Array.from(
    { length: 3 },
    () => new Conversation(random, session, TURN_BYTES),
  )
  for (let turn = 0; turn < TURNS * 3; turn += 1) yield random.pick(conversations).next()
}

function* compacted(random: Random): Generator<Request> {
  const conversation = new Conversation(random, newSession(random), TURN_BYTES)
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (turn === TURNS / 2) conversation.compact()
    yield conversation.next()
  }
}
