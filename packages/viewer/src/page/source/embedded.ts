import { bytesOf, type Content, MissingBytes, readBody } from '@tacho/format'
import type {
  ContextAnswer,
  ConversationAnswer,
  EventLine,
  ExchangeAnswer,
  ExplanationAnswer,
  LogLine,
  Page,
  SessionAnswer,
  ShownMessage,
} from '../../api/answers.js'
import type {
  Directory,
  EmbeddedComparison,
  EmbeddedConversation,
  EmbeddedRequest,
  EmbeddedResponse,
  MessageRow,
  PlacedMessage,
  TableName,
} from '../../api/embedded.js'
import { EmbeddedTables } from './blocks.js'
import { type Source, SourceError } from './source.js'

/** Makes the source of an exported page, which contains the data. */
export function embeddedSource(directory: Directory): Source {
  const tables = new EmbeddedTables(directory)

  async function row<Row>(table: TableName, index: number): Promise<Row> {
    const found = await tables.row(table, index)
    if (found === undefined || found === null)
      throw new SourceError(404, 'That is not in this page.')
    return found as Row
  }

  async function page<Line>(table: TableName, from: number): Promise<Page<Line>> {
    const { rows, next } = await tables.rowsFrom(table, from - 1)
    return { items: rows as Line[], ...(next !== undefined && { next: next + 1 }) }
  }

  const messages = (placed: readonly PlacedMessage[]): Promise<ShownMessage[]> =>
    Promise.all(
      placed.map(async ({ row: index, ...place }) => ({
        ...place,
        ...(await row<MessageRow>('messages', index)),
      })),
    )

  async function conversation(number: number): Promise<ConversationAnswer> {
    const embedded = await row<EmbeddedConversation>('conversations', number - 1)
    return {
      ...embedded,
      instructions: await messages(embedded.instructions),
      messages: await messages(embedded.messages),
      removed: await messages(embedded.removed),
      answer: await messages(embedded.answer),
    }
  }

  /** Returns the contents that a request consists of: its own and those that it copies from. */
  async function contentsFor(
    number: number,
  ): Promise<{ id: string; contents: Map<string, Content> }> {
    const contents = new Map<string, Content>()
    const own = await row<EmbeddedRequest>('requests', number - 1)
    const waiting: EmbeddedRequest[] = [own]
    // A request only copies from earlier ones.
    let earlier = number - 1
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (one.content === null) continue
      contents.set(one.id, one.content)
      const missing = new Set(copiedFrom(one.content).filter((id) => !contents.has(id)))
      while (missing.size > 0 && earlier >= 1) {
        const before = await row<EmbeddedRequest>('requests', earlier - 1)
        earlier -= 1
        if (before.content !== null) contents.set(before.id, before.content)
        if (missing.delete(before.id)) waiting.push(before)
      }
    }
    return { id: own.id, contents }
  }

  async function request(number: number): Promise<Uint8Array> {
    const { id, contents } = await contentsFor(number)
    if (!contents.has(id)) return new Uint8Array()
    try {
      return readBody(id, (one) => contents.get(one))
    } catch (cause) {
      if (cause instanceof MissingBytes) throw new SourceError(404, cause.message)
      throw cause
    }
  }

  async function response(number: number): Promise<Uint8Array> {
    const chunks = await row<EmbeddedResponse>('responses', number - 1)
    return new Uint8Array(await new Blob(chunks.map(keptBytes)).arrayBuffer())
  }

  return {
    hasList: false,
    sessions: async () => ({ sessions: [], roots: [] }),
    verdict: async () => ({}),
    explanation: () => row<ExplanationAnswer>('explanation', 0),
    exchange: (_, number) => row<ExchangeAnswer>('exchanges', number - 1),
    async body(_, number, side, range) {
      const bytes = side === 'request' ? await request(number) : await response(number)
      return range === undefined ? bytes : bytes.subarray(range.from, range.to)
    },
    conversation: (_, number) => conversation(number),
    async message(_, number, list, message) {
      const found = (await conversation(number))[list].find((one) => one.number === message)
      if (found === undefined) throw new SourceError(404, 'That is not in this page.')
      return found
    },
    context: () => row<ContextAnswer>('context', 0),
    async compare(one, other) {
      const found = await row<NonNullable<EmbeddedComparison>>('comparisons', other.number - 1)
      if (found.other !== one.number) {
        throw new SourceError(
          404,
          `This page compares exchange ${other.number} with ${found.other} alone. With others: tacho diff`,
        )
      }
      return { before: one, after: other, parts: found.parts }
    },
    log: (_, from) => page<LogLine>('log', from),
    events: (_, from) => page<EventLine>('events', from),
    follow(_, { told, failed }) {
      row<SessionAnswer>('session', 0).then(told, failed)
      return () => undefined
    },
  }
}

function copiedFrom(content: Content): string[] {
  if (typeof content === 'string') return []
  return content.flatMap((piece) =>
    typeof piece === 'object' && 'copy' in piece ? [piece.copy] : [],
  )
}

/** Returns the bytes of a chunk that were kept. */
function keptBytes(content: Content): Uint8Array<ArrayBuffer> {
  const pieces = typeof content === 'string' ? [content] : content
  const kept = pieces.filter((piece) => typeof piece === 'string' || 'base64' in piece)
  return Uint8Array.from(bytesOf(kept))
}
