import {
  type ChunkRecord,
  type EndRecord,
  type Headers,
  type RawRecord,
  SESSION_FILES,
} from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { EXCHANGES, SCRUB_WORK, Work } from '../limits.js'
import { rawRecordOf } from '../raw-record-of.js'
import { type LogRecord, readLog } from '../read-log.js'
import { NOT_READ_ON } from '../sealed/sealed-lines.js'
import { AnswerSearch, type AnswerSecrets } from './answer-secrets.js'
import { cannotScrub, MORE_LINES } from './cannot-scrub.js'
import { scrubContent, scrubPart } from './scrub-content.js'
import { scrubHeaders, scrubUrl } from './scrub-headers.js'
import { RequestBodies } from './scrub-request-bodies.js'
import { scrubValue } from './scrub-value.js'

/** Returns what to write for a good line of a log; the same object if the line stays. */
export type ScrubLine = (line: LogRecord) => object

/** Receives a line that was searched as bytes without a finding: later ones may copy from it. */
export type PassLine = (head: string, place: LogRecordPlace) => void

type LogRecordPlace = Omit<LogRecord, 'value'>

/**
 * Makes the function that scrubs the records of a raw log: fields by their place, as while
 * recording, and bodies as a whole. It reads the log twice, because a later request may reveal a
 * secret, and a later chunk may change a response.
 *
 * @param sums receives the SHA-256 of each changed body, before and after, because spans repeat
 * them.
 * @throws ReaderError `cannot-scrub` if the log exceeds a limit: the rest could reveal a secret.
 */
export function scrubRawLog(
  folder: string,
  scrubber: Scrubber,
  sums: Map<string, string>,
): { scrubLine: ScrubLine; passLine: PassLine; staysIfClean: (line: Buffer) => boolean } {
  const { conversations, arePlacesClean, answers } = lookAhead(folder, scrubber)
  const bodies = new RequestBodies(folder, scrubber)
  const positions = new Map<string, number>()
  const text = (one: string): string => scrubber.text(one)

  const chunk = (record: ChunkRecord): ChunkRecord => {
    const secrets = answers.get(record.exchange)
    if (secrets === undefined) return record
    const from = positions.get(record.exchange) ?? 0
    const { content, length, scrubbed } = scrubPart(record.content, from, secrets.replacements)
    positions.set(record.exchange, from + length)
    if (scrubbed.length === 0) return record
    const all = [...(record.scrubbed ?? []), ...scrubbed].sort(([one], [other]) => one - other)
    return { ...record, content, scrubbed: all }
  }

  const end = (record: EndRecord): EndRecord => {
    const { responseSha256, trailers, ...rest } = record
    const after = scrubValue(rest, text)
    const fields = trailers && scrubHeaders(trailers, scrubber)
    const secrets = answers.get(record.exchange)
    if (after === rest && fields === trailers && secrets === undefined) return record
    const sum = secrets === undefined ? responseSha256 : (secrets.sha256 ?? '')
    if (secrets !== undefined) sums.set(responseSha256, sum)
    return { ...after, responseSha256: sum, ...(fields !== undefined && { trailers: fields }) }
  }

  const scrubRecord = (record: RawRecord, line: LogRecord): object => {
    switch (record.kind) {
      case 'exchange': {
        const { url, headers, ...rest } = record
        const after = scrubValue(rest, text)
        const [link, fields] = [scrubUrl(url, scrubber), scrubHeaders(headers, scrubber)]
        const isSame = after === rest && link === url && fields === headers
        return isSame ? record : { ...after, url: link, headers: fields }
      }
      case 'request-body': {
        const after = bodies.scrub(record, line, conversations.get(record.exchange))
        if (after.sha256 !== record.sha256) sums.set(record.sha256, after.sha256)
        return after
      }
      case 'response': {
        const { headers, ...rest } = record
        const [after, fields] = [scrubValue(rest, text), scrubHeaders(headers, scrubber)]
        return after === rest && fields === headers ? record : { ...after, headers: fields }
      }
      case 'chunk':
        return chunk(record)
      case 'end':
        return end(record)
      case 'message': {
        const { content, scrubbed } = scrubContent(record.content, scrubber)
        return scrubbed.length === 0 ? record : { ...record, content, scrubbed }
      }
      case 'unparsed':
      case 'gap':
        return scrubValue(record, text)
      default:
        return record satisfies never
    }
  }

  return {
    scrubLine: (line) => {
      const record = rawRecordOf(line.value)
      // From a later Tacho or from elsewhere: every text in it is scrubbed.
      return typeof record === 'string' ? scrubValue(line.value, text) : scrubRecord(record, line)
    },
    passLine: (head, place) => {
      const [, kind, exchange = ''] = HEAD.exec(head) ?? []
      if (kind === 'request-body') bodies.pass(exchange, place)
    },
    // Bodies are put together; and what is written with escapes could be one.
    staysIfClean: (line) =>
      arePlacesClean &&
      answers.size === 0 &&
      !line.includes('request-body') &&
      !line.includes('\\u'),
  }
}

const HEAD = /^\{"kind":"([a-z-]{1,20})","exchange":"([^"\\]{1,64})"/
/** Enough bytes of a line to recognize its kind. */
const HEAD_BYTES = 120

/** Returns whether a line can be a record of some kinds: ours begin with their kind. */
function canBe(line: Buffer, kinds: readonly string[]): boolean {
  const [, kind] = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES)) ?? []
  return kind === undefined || kinds.includes(kind)
}

/** What must be known of a log before its first line can be rewritten. */
type LookedAhead = {
  /** The thread of each exchange. */
  conversations: ReadonlyMap<string, string | undefined>
  /** Whether nothing is to be replaced in a URL or a header. */
  arePlacesClean: boolean
  answers: ReadonlyMap<string, AnswerSecrets>
}

/**
 * Learns what was not replaced while recording (`--no-scrub`), wherever it is, and searches the
 * answers. If something was learnt, they are searched again: it can be in an earlier one.
 */
function lookAhead(folder: string, scrubber: Scrubber): LookedAhead {
  const conversations = new Map<string, string | undefined>()
  const search = new AnswerSearch(scrubber)
  let exchanges = 0
  let arePlacesClean = true
  const learnFrom = (headers: Headers): void => {
    if (scrubHeaders(headers, scrubber) !== headers) arePlacesClean = false
  }
  for (const { value } of wholeLog(folder, isWantedAhead)) {
    const record = rawRecordOf(value)
    if (typeof record === 'string') continue
    if (record.kind === 'exchange') {
      exchanges += 1
      conversations.set(record.exchange, record.threadId)
      if (exchanges > EXCHANGES)
        throw cannotScrub(folder, `${SESSION_FILES.raw}: it has more than ${EXCHANGES} exchanges`)
      if (scrubUrl(record.url, scrubber) !== record.url) arePlacesClean = false
    }
    if (record.kind === 'exchange' || record.kind === 'response') learnFrom(record.headers)
    if (record.kind === 'end') learnFrom(record.trailers ?? [])
    if (arePlacesClean) addTo(search, record)
  }
  const answers = arePlacesClean ? search.found() : secretsInAnswers(folder, scrubber)
  return { conversations, arePlacesClean, answers }
}

function isWantedAhead(line: Buffer): boolean {
  return canBe(line, ['exchange', 'response', 'chunk', 'end'])
}

/**
 * Yields the wanted records of a raw log; throws if a limit ends the reading, because the log is
 * then not scrubbed.
 */
function* wholeLog(folder: string, wanted: (line: Buffer) => boolean): Generator<LogRecord> {
  const report = ({ reason }: { reason: string }): void => {
    if (reason === NOT_READ_ON) throw cannotScrub(folder, `${SESSION_FILES.raw}: ${MORE_LINES}`)
  }
  yield* readLog(folder, SESSION_FILES.raw, report, { wanted, work: new Work(SCRUB_WORK) })
}

function secretsInAnswers(folder: string, scrubber: Scrubber): ReadonlyMap<string, AnswerSecrets> {
  const search = new AnswerSearch(scrubber)
  const wanted = (line: Buffer): boolean => canBe(line, ['chunk', 'end'])
  for (const { value } of wholeLog(folder, wanted)) {
    const record = rawRecordOf(value)
    if (typeof record !== 'string') addTo(search, record)
  }
  return search.found()
}

function addTo(search: AnswerSearch, record: RawRecord): void {
  if (record.kind === 'chunk') search.chunk(record)
  if (record.kind === 'end') search.end(record.exchange)
}
