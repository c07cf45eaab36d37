import { basename } from 'node:path'
import {
  BodyReader,
  type Content,
  lengthOf,
  MissingBytes,
  type Piece,
  SESSION_FILES,
} from '@tacho/format'
import { conversationApiOf, type ModelRequest, type Part } from '@tacho/model'
import { type ConversationReader, conversationReader } from '../conversation/conversation-reader.js'
import { exchangeRecords } from '../exchange-records.js'
import { parsedJson } from '../json-value.js'
import { DAMAGED_LINE_WORK, HITS, LINE_WORK, OPEN_WORK, Work } from '../limits.js'
import { logParts } from '../log-parts.js'
import type { IndexedExchange, RawIndex } from '../raw-index.js'
import { refuseNewerFormat } from '../read-session.js'
import { ReaderError } from '../reader-error.js'
import { bodyRecord } from '../request-body.js'
import { rawLogCouldMatch } from './could-match.js'
import { NEEDLE_BYTES } from './grams.js'
import { linesWith } from './lines-with.js'
import { type GramNotes, gramNotes } from './note-grams.js'
import type { SearchPattern } from './pattern.js'
import { type Candidates, scanRawLog } from './scan-raw-log.js'
import { SEAM_CHARACTERS } from './seams.js'
import { type Search, type Searched, searchFor } from './searched.js'

/** A line of a text in which a pattern matches. */
export type SearchHit = {
  session: string
  in: Searched
  /** The number of its exchange. */
  exchange?: number
  /**
   * For a request, the number of its message, starting at 1, and its role; for an answer, and for a
   * request that continues one, only the role.
   */
  message?: number
  role?: string
  /**
   * What the text is: `text`, `reasoning`, `tool_call exec`, `parameter user`, a header, a line of
   * a file.
   */
  place: string
  /** The line number in the text, starting at 1; for a log, in its file. */
  line: number
  /** The line, and where the match is in it. */
  text: string
  at: number
  length: number
}

/**
 * Searches the recording of a session for a pattern, in unescaped texts. Each text is searched
 * once, where it was first sent or answered, because requests repeat what came before. What no
 * request repeats, such as the last answer, is assembled from its events.
 *
 * @param passed called if something was skipped because of a limit: there may be more matches.
 * @throws ReaderError `newer-format`
 */
export function* searchSession(
  folder: string,
  pattern: SearchPattern,
  within: ReadonlySet<Searched>,
  passed: () => void = () => undefined,
): Generator<SearchHit> {
  refuseNewerFormat(folder)
  let hits = 0
  const search = searchFor(pattern, passed)
  for (const hit of hitsIn(folder, search, within)) {
    hits += 1
    if (hits > HITS) {
      passed()
      return
    }
    yield hit
  }
}

function* hitsIn(
  folder: string,
  search: Search,
  within: ReadonlySet<Searched>,
): Generator<SearchHit> {
  if (within.has('request') || within.has('response')) yield* searchRawLog(folder, search, within)
  if (within.has('events')) yield* searchEvents(folder, search)
  if (within.has('log')) yield* searchLog(folder, search)
}

/** A text that was said somewhere. */
type Said = Omit<SearchHit, 'session' | 'line' | 'at' | 'length'>

function* searchRawLog(
  folder: string,
  search: Search,
  within: ReadonlySet<Searched>,
): Generator<SearchHit> {
  const { pattern, passed } = search
  const couldMatch = rawLogCouldMatch(folder, search, within)
  if (couldMatch === false) return
  const scanner = search.scanner()
  const notes = couldMatch === undefined ? gramNotes(folder, scanner) : undefined
  const candidates = scanRawLog(folder, { pattern, scanner, passed }, notes)
  const reader = conversationReader(folder, candidates.index)
  const requests = new SearchedRequests(folder, candidates.index)
  if (notes !== undefined) noteBeside(notes, reader, candidates, requests)
  const seen = new Set<string>()
  const session = basename(folder)
  const work = new Work()
  for (const exchange of candidates.index.exchanges) {
    if (!work.spend(LINE_WORK) || reader.isSpent) {
      passed()
      return
    }
    for (const said of saidIn(reader, exchange, candidates, pattern, within, requests)) {
      work.spend(OPEN_WORK + said.text.length)
      const hits = [...matchesIn(said, pattern, session)]
      if (hits.length === 0 || seen.has(said.text)) continue
      seen.add(said.text)
      yield* hits
    }
  }
}

/**
 * Adds what no line of a log contains as a whole: the seams of requests, and answers that come in
 * pieces.
 */
function noteBeside(
  notes: GramNotes,
  reader: ConversationReader,
  { index, unrepeated }: Candidates,
  requests: SearchedRequests,
): void {
  try {
    for (const exchange of index.exchanges) {
      if (exchange.requestBody !== undefined) noteSeams(notes, exchange, requests)
      if (!unrepeated.has(exchange)) continue
      for (const { text } of answerTexts(reader, exchange)) notes.addBeside(text)
    }
    // What was not read could not be noted.
    if (!reader.isSpent) notes.keep()
  } catch (cause) {
    // Without all of it there are no notes, and the log is searched each time.
    if (!(cause instanceof MissingBytes || cause instanceof ReaderError)) throw cause
  }
}

function noteSeams(
  notes: GramNotes,
  exchange: IndexedExchange,
  { bodies, contentOf }: SearchedRequests,
): void {
  const content = contentOf(exchange.id)
  if (content === undefined || typeof content === 'string' || content.length < 2) return
  const body = bodies.open(exchange.id)
  for (const [from, to] of seamsOf(content, NEEDLE_BYTES)) notes.addBeside(body.subarray(from, to))
}

/**
 * Returns the ranges of a body around the places where its pieces meet, with so many bytes on both
 * sides; those that overlap are one.
 */
function seamsOf(content: readonly Piece[], margin: number): [from: number, to: number][] {
  const ranges: [from: number, to: number][] = []
  let seam = 0
  for (const piece of content.slice(0, -1)) {
    seam += lengthOf([piece])
    const last = ranges.at(-1)
    if (last !== undefined && seam - margin <= last[1]) last[1] = seam + margin
    else ranges.push([Math.max(0, seam - margin), seam + margin])
  }
  return ranges
}

function* saidIn(
  reader: ConversationReader,
  exchange: IndexedExchange,
  candidates: Candidates,
  pattern: SearchPattern,
  within: ReadonlySet<Searched>,
  read: SearchedRequests,
): Generator<Said> {
  const { heads, requests, seams, answers, unrepeated } = candidates
  if (heads.has(exchange)) yield* headTexts(reader, exchange, within)
  const isAsked =
    requests.has(exchange) || (seams.has(exchange) && seamMatches(exchange, pattern, read))
  if (within.has('request') && isAsked) yield* requestTexts(reader, exchange)
  // If requests are not searched, none of them repeats an answer.
  const isAnswered =
    answers.has(exchange) ||
    unrepeated.has(exchange) ||
    (!within.has('request') && !exchange.isConnection)
  if (within.has('response') && isAnswered) yield* answerTexts(reader, exchange)
}

/** The requests of a log: their contents, and the bodies that are put together of them. */
class SearchedRequests {
  readonly #folder: string
  readonly #index: RawIndex
  /** The last one, which is asked for its seams, and then for its body. */
  #last: { id: string; content: Content | undefined } | undefined
  readonly bodies = new BodyReader((id) => this.contentOf(id))

  constructor(folder: string, index: RawIndex) {
    this.#folder = folder
    this.#index = index
  }

  readonly contentOf = (id: string): Content | undefined => {
    if (this.#last?.id === id) return this.#last.content
    const exchange = this.#index.byId.get(id)
    const record = exchange && bodyRecord(this.#folder, exchange)
    const content = typeof record === 'object' ? record.content : undefined
    this.#last = { id, content }
    return content
  }
}

function seamMatches(
  exchange: IndexedExchange,
  { expression }: SearchPattern,
  { bodies, contentOf }: SearchedRequests,
): boolean {
  try {
    const content = contentOf(exchange.id)
    if (content === undefined || typeof content === 'string') return false
    const { buffer, byteOffset, length } = bodies.read(exchange.id)
    const body = Buffer.from(buffer, byteOffset, length)
    return seamsOf(content, SEAM_CHARACTERS).some(([from, to]) => {
      expression.lastIndex = 0
      return expression.test(unescapedJson(body.toString('utf8', from, to)))
    })
  } catch (cause) {
    if (cause instanceof MissingBytes || cause instanceof ReaderError) return true
    throw cause
  }
}

// May be cut off anywhere: anything else than an escape stays.
function unescapedJson(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g,
    (all, code?: string, name?: string) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
      return name === undefined ? all : (JSON.parse(`"\\${name}"`) as string)
    },
  )
}

function* headTexts(
  reader: ConversationReader,
  exchange: IndexedExchange,
  within: ReadonlySet<Searched>,
): Generator<Said> {
  const { number } = exchange
  for (const record of exchangeRecords(reader.folder, exchange, () => undefined)) {
    if (record.kind !== 'exchange' && record.kind !== 'response') {
      if (record.kind === 'chunk') return
      continue
    }
    const side = record.kind === 'exchange' ? 'request' : 'response'
    if (!within.has(side)) continue
    if (record.kind === 'exchange') {
      yield { in: side, exchange: number, place: 'url', text: record.url }
    }
    for (const [name, value] of record.headers) {
      yield { in: side, exchange: number, place: `header ${name}`, text: value }
    }
  }
}

function* requestTexts(reader: ConversationReader, exchange: IndexedExchange): Generator<Said> {
  const request = givenOrNothing(reader, exchange)
  if (request === undefined) return
  const at = { in: 'request' as const, exchange: exchange.number }
  for (const { name, value } of request.parameters) {
    for (const text of textsOf(value)) yield { ...at, place: `parameter ${name}`, text }
  }
  for (const { name, value } of request.tools) {
    for (const text of textsOf(value)) yield { ...at, place: `tool ${name}`, text }
  }
  for (const message of request.instructions) {
    for (const [place, text] of partTexts(message.parts)) {
      yield { ...at, role: message.role, place: `instructions ${place}`, text }
    }
  }
  // How many messages come before those of a request that continues an answer, only its whole
  // conversation shows.
  const isWhole = request.parameters.every(({ name }) => name !== 'previous_response_id')
  for (const [index, { role, parts }] of request.messages.entries()) {
    const number = isWhole ? { message: index + 1 } : {}
    for (const [place, text] of partTexts(parts)) yield { ...at, ...number, role, place, text }
  }
}

function givenOrNothing(
  reader: ConversationReader,
  exchange: IndexedExchange,
): ModelRequest | undefined {
  try {
    return reader.own(exchange)
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}

function* answerTexts(reader: ConversationReader, exchange: IndexedExchange): Generator<Said> {
  // The request says it too, but it is mostly copied, and takes long to assemble.
  const url = reader.head(exchange)?.url ?? ''
  const api = conversationApiOf(url, undefined) ?? givenOrNothing(reader, exchange)?.api
  const { answer } = reader.answered(exchange, api)
  const at = { in: 'response' as const, exchange: exchange.number }
  for (const { role, parts } of answer.messages) {
    for (const [place, text] of partTexts(parts)) yield { ...at, role, place, text }
  }
  for (const value of answer.other) {
    for (const text of textsOf(value)) yield { ...at, place: 'body', text }
  }
}

function* partTexts(parts: readonly Part[]): Generator<[place: string, text: string]> {
  for (const part of parts) {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        yield [part.type, part.text]
        break
      case 'tool_call':
        yield [`tool_call ${part.name}`, part.name]
        for (const text of argumentTexts(part.arguments)) yield [`tool_call ${part.name}`, text]
        break
      case 'tool_call_response':
        for (const [, text] of partTexts(part.parts)) yield [resultWords(part.name), text]
        break
      case 'image':
      case 'file':
        for (const text of textsOf({ ...part })) yield [part.type, text]
        break
      case 'other':
        for (const text of textsOf(part.value)) yield ['other', text]
        break
      default:
        part satisfies never
    }
  }
}

// The call is in an earlier request.
function resultWords(name: string | undefined): string {
  return name === undefined ? 'result of a tool' : `result of ${name}`
}

// Arguments are JSON in a string: what a person would search for is in its values.
function argumentTexts(text: string): string[] {
  const value = parsedJson(text)
  return value === undefined ? [text] : [...textsOf(value)]
}

/** Yields the texts in a value: its strings, the names of its members, and its numbers. */
function* textsOf(value: unknown): Generator<string> {
  const open: unknown[] = [value]
  for (let one = open.pop(); open.length > 0 || one !== undefined; one = open.pop()) {
    if (typeof one === 'string') yield one
    else if (typeof one === 'number' || typeof one === 'boolean') yield String(one)
    else if (Array.isArray(one)) open.push(...one.filter((inner) => inner !== undefined).reverse())
    else if (typeof one === 'object' && one !== null) {
      const entries = Object.entries(one)
      for (const [name, inner] of entries.reverse()) open.push(inner ?? 'null', name)
    }
  }
}

function* searchEvents(folder: string, search: Search): Generator<SearchHit> {
  const { pattern, passed } = search
  const session = basename(folder)
  const work = new Work()
  for (const { line, text } of linesWith(
    folder,
    logParts(folder, SESSION_FILES.events),
    search,
    work,
  )) {
    const value = parsedJson(text)
    if (value === undefined && !work.spend(DAMAGED_LINE_WORK)) {
      passed()
      return
    }
    const place = placeOfEvent(value)
    for (const inner of value === undefined ? [text] : textsOf(value)) {
      const said = { in: 'events' as const, place, text: inner }
      for (const hit of matchesIn(said, pattern, session)) yield { ...hit, line }
    }
  }
}

function placeOfEvent(value: unknown): string {
  const { kind, name, event } = (value ?? {}) as Record<string, unknown>
  const known = [kind, name, event].filter((word) => typeof word === 'string')
  return known.length === 0 ? 'event' : known.join(' ')
}

function* searchLog(folder: string, search: Search): Generator<SearchHit> {
  const { pattern } = search
  const session = basename(folder)
  for (const { line, text } of linesWith(folder, logParts(folder, SESSION_FILES.log), search)) {
    for (const hit of matchesIn({ in: 'log', place: 'line', text }, pattern, session)) {
      yield { ...hit, line }
    }
  }
}

/** A line is shown up to here: the rest of an image in base64 is useless. */
const LINE_CHARACTERS = 4000

// One hit for each matching line.
function* matchesIn(
  said: Said,
  { expression }: SearchPattern,
  session: string,
): Generator<SearchHit> {
  const { text } = said
  let [line, counted] = [1, 0]
  expression.lastIndex = 0
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const start = text.lastIndexOf('\n', match.index - 1) + 1
    const newline = text.indexOf('\n', match.index + match[0].length)
    const end = newline < 0 ? text.length : newline
    for (
      let at = text.indexOf('\n', counted);
      at >= 0 && at < match.index;
      at = text.indexOf('\n', at + 1)
    ) {
      line += 1
      counted = at + 1
    }
    const from = Math.max(start, match.index - LINE_CHARACTERS / 2)
    yield {
      ...said,
      session,
      line,
      text: text.slice(from, Math.min(end, from + LINE_CHARACTERS)),
      at: match.index - from,
      length: match[0].length,
    }
    if (newline < 0) return
    expression.lastIndex = newline + 1
  }
}
