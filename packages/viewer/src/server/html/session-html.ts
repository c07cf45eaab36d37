import type { Content } from '@tacho/format'
import {
  type ConversationReader,
  conversationAt,
  conversationReader,
  exchangeRecords,
  explainSession,
  headingOf,
  type IndexedExchange,
  ReaderError,
  type Span,
  sessionParts,
} from '@tacho/reader'
import type { ComparisonAnswer, ConversationAnswer, ShownMessage } from '../../api/answers.js'
import type { EmbeddedConversation, MessageRow } from '../../api/embedded.js'
import { shownComparison } from '../shown/comparison.js'
import { shownContexts } from '../shown/context.js'
import { shownConversation } from '../shown/conversation.js'
import { shownExchange, spansByExchange } from '../shown/exchange.js'
import { shownExplanation } from '../shown/explanation.js'
import { shownEvents, shownLog } from '../shown/lines.js'
import { shownSession } from '../shown/session.js'
import { Blocks } from './blocks.js'
import { pageInOne } from './page-in-one.js'

/**
 * Yields a session as one page that opens from disk, without a network: the page of `tacho view`,
 * with all of the session's data, of which it only unpacks what is viewed. As on disk, a request
 * consists of copies of earlier ones; a message is included once, however many requests contain it.
 *
 * @param folder of a session that has been scrubbed.
 * @param onExchange receives how many exchanges are done, and the total.
 * @param onPartial called at the end if the session exceeds a limit and data is missing.
 * @throws ReaderError `newer-format`.
 */
export async function* sessionHtml(
  folder: string,
  id: string,
  onExchange: (of: number) => void = () => undefined,
  onPartial: () => void = () => undefined,
): AsyncGenerator<string> {
  const explanation = await explainSession(folder)
  const reader = conversationReader(folder)
  const { session } = explanation
  const heading = headingOf(folder, session.agent.name, reader.index)
  const page = pageInOne(`Tacho: ${id}`)
  const blocks = new Blocks(id)
  const messages = new Messages()
  yield page.before
  yield* blocks.add('session', shownSession(session, sessionParts(session), heading))
  yield* blocks.add('explanation', shownExplanation(explanation))
  const spansOf = spansByExchange(session.spans)
  for (const exchange of reader.index.exchanges) {
    yield* exchangeRows(reader, exchange, spansOf(exchange.id), blocks, messages)
    onExchange(reader.index.exchanges.length)
    // So that Ctrl-C is noticed.
    await new Promise((resolve) => setImmediate(resolve))
  }
  let isCut = false
  for (const [name, lines] of [
    ['log', shownLog(folder)],
    ['events', shownEvents(folder)],
  ] as const) {
    for (const { shown } of lines) {
      isCut ||= shown.line > EMBEDDED_LINES
      if (shown.line > EMBEDDED_LINES) break
      yield* blocks.add(name, shown)
    }
  }
  const contexts = [...shownContexts(reader, session.exchanges)]
  yield* blocks.add('context', { exchanges: contexts })
  yield* blocks.end()
  yield page.after
  // Damage without lines means that a limit was reached; the page itself reports damaged lines.
  if (isCut || reader.damage.some(({ lines }) => lines === 0)) onPartial()
}

function* exchangeRows(
  reader: ConversationReader,
  exchange: IndexedExchange,
  spans: readonly Span[],
  blocks: Blocks,
  messages: Messages,
): Generator<string> {
  const contents: Contents = { request: null, response: [] }
  const records = noting(contents, recordsOf(reader.folder, exchange))
  yield* blocks.add('exchanges', shownExchange(exchange, records, spans))
  yield* blocks.add('requests', { id: exchange.id, content: contents.request })
  yield* blocks.add('responses', contents.response)
  const conversation = reader.isSpent ? undefined : conversationOf(reader, exchange)
  if (conversation === undefined) yield* blocks.add('conversations', null)
  else {
    const { embedded, rows } = messages.embed(conversation)
    for (const row of rows) yield* blocks.add('messages', row)
    yield* blocks.add('conversations', embedded)
  }
  yield* blocks.add('comparisons', comparisonOf(reader, exchange))
}

/** How many lines of the debug log, and events, a page includes. */
const EMBEDDED_LINES = 100_000

/**
 * The longest request in a page: no model accepts a longer one, and a browser could not show it.
 */
const EMBEDDED_BYTES = 32 * 1024 * 1024

function recordsOf(folder: string, exchange: IndexedExchange): ReturnType<typeof exchangeRecords> {
  return exchangeRecords(folder, exchange, () => undefined, undefined, EMBEDDED_BYTES)
}

type Contents = { request: Content | null; response: Content[] }

/** Notes the contents of the records that pass. */
function* noting(
  contents: Contents,
  records: ReturnType<typeof exchangeRecords>,
): ReturnType<typeof exchangeRecords> {
  for (const record of records) {
    if (record.kind === 'request-body')
      contents.request =
        record.content === '' && record.bytes > 0 ? [{ omitted: record.bytes }] : record.content
    if (record.kind === 'chunk') contents.response.push(record.content)
    yield record
  }
}

function conversationOf(
  reader: ConversationReader,
  exchange: IndexedExchange,
): ConversationAnswer | undefined {
  try {
    return shownConversation(conversationAt(reader, exchange))
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}

/** Compares with the request before it in its thread. */
function comparisonOf(
  reader: ConversationReader,
  exchange: IndexedExchange,
): { other: number; parts: ComparisonAnswer['parts'] } | null {
  const before = reader.isSpent ? undefined : reader.before(exchange)
  if (before === undefined) return null
  try {
    const parts = shownComparison(reader.given(before).request, reader.given(exchange).request)
    return { other: before.number, parts }
  } catch (cause) {
    if (cause instanceof ReaderError) return null
    throw cause
  }
}

/** The messages embedded so far: each is in the page once. */
class Messages {
  readonly #rows = new Map<string, number>()
  #new: MessageRow[] = []

  embed(conversation: ConversationAnswer): { embedded: EmbeddedConversation; rows: MessageRow[] } {
    const { instructions, messages, removed, answer, ...rest } = conversation
    this.#new = []
    const embedded = {
      ...rest,
      instructions: this.#placed(instructions),
      messages: this.#placed(messages),
      removed: this.#placed(removed),
      answer: this.#placed(answer),
    }
    return { embedded, rows: this.#new }
  }

  #placed(messages: readonly ShownMessage[]): EmbeddedConversation['messages'] {
    return messages.map(({ number, isNew, origin, role, parts }) => ({
      number,
      row: this.#rowOf({ role, parts }),
      ...(isNew !== undefined && { isNew }),
      ...(origin !== undefined && { origin }),
    }))
  }

  #rowOf(row: MessageRow): number {
    const json = JSON.stringify(row)
    const known = this.#rows.get(json)
    if (known !== undefined) return known
    const next = this.#rows.size
    this.#rows.set(json, next)
    this.#new.push(row)
    return next
  }
}
