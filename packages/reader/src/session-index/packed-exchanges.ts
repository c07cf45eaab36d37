import type { ExchangeState } from '@tacho/format'
import type { Unparsed } from '@tacho/model'
import type { IndexedExchange } from '../raw-index.js'

/**
 * The places of a raw log's exchanges as an index keeps them: a list for each member. As objects,
 * they are four times as long, and a look-up in a long session mostly waited for their JSON to be
 * parsed.
 */
export type PackedExchanges = {
  ids: string[]
  /** Files, threads, turns, connections and states; the lists below have indexes into it. */
  words: string[]
  /** {@link SENT_NOTHING} and the flags after it. */
  flags: number[]
  files: number[]
  bytes: number[]
  lines: number[]
  /** For each exchange with a request body: its file, byte, line and length. */
  bodies: number[]
  /** {@link NONE} where there is none. */
  connections: number[]
  threads: number[]
  turns: number[]
  states: number[]
  ends: number[]
  chunkEnds: number[]
  /** By the index of the exchange. */
  unparsed: [number, Unparsed[]][]
}

const NONE = -1

const SENT_NOTHING = 1
const IS_WEB_SOCKET = 2
const IS_PREWARM = 4
const IS_ASIDE = 8
const IS_TITLE = 16
const IS_CONNECTION = 32
const HAS_BODY = 64

export function packExchanges(exchanges: readonly IndexedExchange[]): PackedExchanges {
  const numbers = new Map<string, number>()
  const numberOf = (word: string | undefined): number => {
    if (word === undefined) return NONE
    const number = numbers.get(word) ?? numbers.size
    numbers.set(word, number)
    return number
  }
  const bodies = exchanges.flatMap(({ requestBody: body }) =>
    body === undefined ? [] : [numberOf(body.file), body.byte, body.line, body.length],
  )
  return {
    ids: exchanges.map(({ id }) => id),
    flags: exchanges.map(flagsOf),
    files: exchanges.map(({ from }) => numberOf(from.file)),
    bytes: exchanges.map(({ from }) => from.byte),
    lines: exchanges.map(({ from }) => from.line),
    bodies,
    connections: exchanges.map(({ connection }) => numberOf(connection)),
    threads: exchanges.map(({ threadId }) => numberOf(threadId)),
    turns: exchanges.map(({ turnId }) => numberOf(turnId)),
    states: exchanges.map(({ state }) => numberOf(state)),
    ends: exchanges.map(({ to = NONE }) => to),
    chunkEnds: exchanges.map(({ chunksTo = NONE }) => chunksTo),
    unparsed: exchanges.flatMap(({ unparsed }, index): [number, Unparsed[]][] =>
      unparsed === undefined ? [] : [[index, unparsed]],
    ),
    words: [...numbers.keys()],
  }
}

export function unpackExchanges(packed: PackedExchanges): IndexedExchange[] {
  const { words, bodies } = packed
  const wordAt = (list: readonly number[], index: number) => {
    const at = list[index] ?? NONE
    return at === NONE ? undefined : words[at]
  }
  const exchanges: IndexedExchange[] = []
  let body = 0
  for (const [index, id] of packed.ids.entries()) {
    const flags = packed.flags[index] ?? 0
    const exchange: IndexedExchange = {
      number: index + 1,
      id,
      from: {
        file: wordAt(packed.files, index) ?? '',
        byte: packed.bytes[index] ?? 0,
        line: packed.lines[index] ?? 0,
      },
      sentNothing: (flags & SENT_NOTHING) !== 0,
      isWebSocket: (flags & IS_WEB_SOCKET) !== 0,
      isPrewarm: (flags & IS_PREWARM) !== 0,
      isAside: (flags & IS_ASIDE) !== 0,
      isConnection: (flags & IS_CONNECTION) !== 0,
    }
    if ((flags & HAS_BODY) !== 0) {
      exchange.requestBody = {
        file: wordAt(bodies, body) ?? '',
        byte: bodies[body + 1] ?? 0,
        line: bodies[body + 2] ?? 0,
        length: bodies[body + 3] ?? 0,
      }
      body += 4
    }
    if ((flags & IS_TITLE) !== 0) exchange.isTitle = true
    const connection = wordAt(packed.connections, index)
    if (connection !== undefined) exchange.connection = connection
    const threadId = wordAt(packed.threads, index)
    if (threadId !== undefined) exchange.threadId = threadId
    const turnId = wordAt(packed.turns, index)
    if (turnId !== undefined) exchange.turnId = turnId
    const state = wordAt(packed.states, index)
    if (state !== undefined) exchange.state = state as ExchangeState
    const to = packed.ends[index] ?? NONE
    if (to !== NONE) exchange.to = to
    const chunksTo = packed.chunkEnds[index] ?? NONE
    if (chunksTo !== NONE) exchange.chunksTo = chunksTo
    exchanges.push(exchange)
  }
  for (const [index, unparsed] of packed.unparsed) {
    const exchange = exchanges[index]
    if (exchange !== undefined) exchange.unparsed = unparsed
  }
  return exchanges
}

function flagsOf(exchange: IndexedExchange): number {
  return (
    (exchange.sentNothing ? SENT_NOTHING : 0) |
    (exchange.isWebSocket ? IS_WEB_SOCKET : 0) |
    (exchange.isPrewarm ? IS_PREWARM : 0) |
    (exchange.isAside ? IS_ASIDE : 0) |
    (exchange.isTitle === true ? IS_TITLE : 0) |
    (exchange.isConnection ? IS_CONNECTION : 0) |
    (exchange.requestBody === undefined ? 0 : HAS_BODY)
  )
}
