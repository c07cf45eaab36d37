import { lstatSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type EventRecord, type GapRecord, SESSION_FILES } from '@tacho/format'
import type { RecordedExchange } from '@tacho/model'
import { collectDamage, type Damage, type ReportDamage } from '../damage.js'
import { EXPLAINED_BYTES, EXPLAINED_WORK, LOG_WORK, Work } from '../limits.js'
import { logParts, namesIn } from '../log-parts.js'
import { addExchange, type IndexedExchange, type RawIndex } from '../raw-index.js'
import {
  emptyStory,
  type OnRawRecord,
  type RawStory,
  RawStoryReader,
} from '../raw-log/raw-story.js'
import type { LinePlace } from '../read-lines.js'
import { type ChunkTaker, type LogRange, type LogRecord, readPart } from '../read-log.js'
import { addSpans, MORE_SPANS, type Span } from '../read-spans.js'
import { NOT_READ_ON } from '../sealed/sealed-lines.js'
import { judgeEvent, MORE_EXCHANGES, type Sound } from '../sound-records.js'
import { usableIndexFolder } from './index-folder.js'
import {
  BEGINNING,
  type LogPosition,
  type LogToRead,
  logToRead,
  positionAfter,
} from './log-position.js'
import { type PackedExchanges, packExchanges, unpackExchanges } from './packed-exchanges.js'
import {
  encodeSection,
  openSessionFile,
  type Section,
  type SessionFile,
  sessionFile,
  writeSessionFile,
} from './session-file.js'

/** What the logs of a session say, without bodies. */
export type SessionLogs = { story: RawStory; spans: Map<string, Span> }

/** Receives the contents of the logs while they are read, in this case from the start. */
export type OnRecords = {
  raw?: OnRawRecord
  /** Whether a request's body matters: from when on it does not, its record is given without content. */
  wantsBodies?: () => boolean
  /** Of a longer one in bytes, the record is given without content, too. */
  longestBody?: number
  /** In the middle of a long log: whether chunks of this exchange can be passed and not be given. */
  passes?: (exchange: string) => boolean
  /** Receives how many were. */
  passed?: (exchange: string, chunks: number) => void
  event?: (found: Sound<EventRecord | GapRecord>) => void
}

/** Smaller logs are read as fast as an index of them. */
const WORTH_AN_INDEX = 2 * 1024 * 1024
/** An index that lacks no more than this is not rewritten: reading the rest is as fast. */
const WORTH_WRITING = 512 * 1024
/**
 * Lets other work of this process run after this much of a log: some 10 ms if all of it is decoded.
 */
const PAUSE_BYTES = 1024 * 1024

/**
 * Reads the logs of a session, continuing from what the index has. Yields every few megabytes, so
 * that other work can run in between. Reports the same damage as a complete reading.
 */
export function* sessionLogs(
  folder: string,
  report: ReportDamage,
  on: OnRecords = {},
): Generator<undefined, SessionLogs> {
  const { spans, raw, events } = yield* readLogs(folder, on)
  for (const part of [spans, raw, events]) {
    for (const one of part.damage) report(one)
    part.readRest(report)
  }
  raw.reader.countOpen()
  return { story: raw.reader.story, spans: spans.spans }
}

/** The logs of a session up to their last whole lines, and how far each was read. */
type ReadLogs = { spans: ReadSpans; raw: ReadRaw; events: ReadEvents }

function* readLogs(folder: string, on: OnRecords): Generator<undefined, ReadLogs> {
  const index = new SessionIndex(folder)
  try {
    const spans = yield* readSpanLog(index)
    const raw = yield* readRawLog(index, on)
    const events = yield* readEvents(index, on.event)
    index.save()
    return { spans, raw, events }
  } finally {
    index.close()
  }
}

/**
 * The logs of a running session that is read repeatedly: what was read stays in memory, and only
 * new data is read.
 */
export class FollowedLogs {
  readonly #folder: string
  readonly #begin: () => OnRecords
  #on: OnRecords = {}
  #held: ReadLogs | undefined

  /**
   * @param begin returns the receiver of records; called whenever the logs are read from the start.
   */
  constructor(folder: string, begin: () => OnRecords = () => ({})) {
    this.#folder = folder
    this.#begin = begin
  }

  /** Reads new data. Reports the same damage as a complete reading. */
  *read(report: ReportDamage): Generator<undefined, SessionLogs> {
    const held = this.#held
    // If the caller stops in between, the next call starts afresh.
    this.#held = undefined
    const logs =
      held !== undefined && this.#goOn(held) ? yield* this.#more(held) : yield* this.#all()
    this.#held = logs
    for (const part of [logs.spans, logs.raw, logs.events]) {
      for (const one of part.damage) report(one)
    }
    return { story: logs.raw.reader.story, spans: logs.spans.spans }
  }

  /**
   * Reads what follows the last whole lines, and forgets everything: nobody writes any more, so the
   * lines will not be completed.
   */
  end(report: ReportDamage): void {
    if (this.#held === undefined) return
    const { spans, raw, events } = this.#held
    this.#held = undefined
    for (const part of [spans, raw, events]) part.readRest(report)
  }

  *#all(): Generator<undefined, ReadLogs> {
    this.#on = this.#begin()
    const logs = yield* readLogs(this.#folder, this.#on)
    logs.raw.reader.countOpen()
    return logs
  }

  *#more(held: ReadLogs): Generator<undefined, ReadLogs> {
    const index = new SessionIndex(this.#folder, false)
    const spans = yield* readSpanLog(index, held.spans)
    const raw = yield* readRawLog(index, this.#on, held.raw)
    const events = yield* readEvents(index, this.#on.event, held.events)
    const isSame = [spans, raw, events].every(({ goesOn }) => goesOn)
    // One of them was replaced at this very moment.
    return isSame ? { spans, raw, events } : yield* this.#all()
  }

  #goOn({ spans, raw, events }: ReadLogs): boolean {
    return [
      [SESSION_FILES.meta, spans] as const,
      [SESSION_FILES.raw, raw] as const,
      [SESSION_FILES.events, events] as const,
    ].every(
      ([log, { position, damage }]) =>
        !isCut(damage) && logToRead(this.#folder, log, position).goesOn,
    )
  }
}

/**
 * Returns where the exchanges of a session are in its raw log; see {@link sessionLogs}.
 *
 * @param names in the folder, if they are known.
 */
export function* rawPlaces(
  folder: string,
  report: ReportDamage,
  names: readonly string[] = namesIn(folder),
): Generator<undefined, RawIndex> {
  const index = new SessionIndex(folder, true, names)
  if (!index.isUsed) return yield* readPlaces(folder, report, names)
  try {
    const known = index.section('places')
    const toRead = logToRead(folder, SESSION_FILES.raw, known?.position)
    if (known !== undefined && toRead.goesOn && toRead.files.length === 0) {
      for (const one of known.damage) report(one)
      return rawIndexOf(known)
    }
    const { reader, damage, readRest } = yield* readRawLog(index)
    index.save()
    for (const one of damage) report(one)
    readRest(report)
    return reader.story.index
  } finally {
    index.close()
  }
}

/** The same without an index, for which nothing has to be known about where reading stopped. */
function* readPlaces(
  folder: string,
  report: ReportDamage,
  names: readonly string[],
): Generator<undefined, RawIndex> {
  const reader = new RawStoryReader(folder, report)
  const files = logParts(folder, SESSION_FILES.raw, names).map((name) => ({
    ...{ name, stamp: '', from: BEGINNING, to: Number.POSITIVE_INFINITY },
  }))
  const read = readFiles(folder, { goesOn: false, files }, undefined, report, reader.quick)
  yield* read((found) => {
    reader.take(found)
    return !reader.isFull
  })
  return reader.story.index
}

/** Runs all steps at once. */
export function atOnce<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Runs the steps one by one, and lets other work run in between. */
export async function inSteps<Result>(steps: Generator<undefined, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await new Promise((resume) => setImmediate(resume))
  }
}

type Known = { position: LogPosition; damage: Damage[] }
type Places = Known & { exchanges: PackedExchanges; lost: IndexedExchange[] }
type Exchanges = { exchanges: RecordedExchange[]; gaps: RawStory['gaps'] }
type Spans = Known & { spans: Span[] }

type Sections = { places: Places; exchanges: Exchanges; spans: Spans; events: Known }

/** The index of one session while its logs are read. */
class SessionIndex {
  readonly folder: string
  readonly #path: string | undefined
  readonly #file: SessionFile | undefined
  readonly #new = new Map<Section, () => object>()
  #lacking = 0

  constructor(folder: string, isUsed = true, names: readonly string[] = namesIn(folder)) {
    this.folder = resolve(folder)
    const index = isUsed && isWorthAnIndex(folder, names) ? usableIndexFolder() : undefined
    this.#path = index && sessionFile(index, this.folder)
    this.#file = this.#path === undefined ? undefined : openSessionFile(this.#path, this.folder)
  }

  get isUsed(): boolean {
    return this.#path !== undefined
  }

  section<Name extends Section>(name: Name): Sections[Name] | undefined {
    return this.#file?.read(name) as Sections[Name] | undefined
  }

  has(name: Section): boolean {
    return this.#file?.line(name) !== undefined
  }

  /** @param bytes that had to be read to update the section. */
  note(name: Section, section: () => object, bytes: number): void {
    this.#new.set(name, section)
    this.#lacking += bytes
  }

  save(): void {
    if (this.#path === undefined || this.#lacking < WORTH_WRITING) return
    const sections = new Map<Section, Buffer>()
    try {
      for (const name of ['places', 'exchanges', 'spans', 'events'] as const) {
        const section = this.#new.get(name)
        const line = section === undefined ? this.#file?.line(name) : encodeSection(section())
        if (line !== undefined) sections.set(name, line)
      }
    } catch (cause) {
      // Longer than a string can be.
      if (cause instanceof RangeError) return
      throw cause
    }
    writeSessionFile(this.#path, this.folder, sections)
  }

  close(): void {
    this.#file?.close()
  }
}

/** What was read of a log, and where to continue. */
type ReadLog = Known & {
  report: ReportDamage
  /** Whether it extends what was read before. */
  goesOn: boolean
  /** Reads what follows its last whole line. */
  readRest: (report: ReportDamage) => void
}

type ReadRaw = ReadLog & { reader: RawStoryReader }
type ReadSpans = ReadLog & { spans: Map<string, Span> }
type ReadEvents = ReadLog

/** @param held what was read before, which is extended. */
function* readRawLog(
  index: SessionIndex,
  {
    raw: onRecord,
    wantsBodies = () => true,
    longestBody = Number.POSITIVE_INFINITY,
    passes,
    passed,
  }: OnRecords = {},
  held?: ReadRaw,
): Generator<undefined, ReadRaw> {
  const log = SESSION_FILES.raw
  const isWhole = onRecord !== undefined || held !== undefined
  const places = isWhole ? undefined : index.section('places')
  const exchanges = isWhole ? undefined : index.section('exchanges')
  const known = held ?? (places && exchanges && places)
  const toRead = logToRead(index.folder, log, known?.position)
  const { damage, report } = held ?? damageSoFar(toRead, known)
  const story = toRead.goesOn && places && exchanges ? storyOf(places, exchanges) : undefined
  const reader = held?.reader ?? new RawStoryReader(index.folder, report, story)
  // Skipped chunks are not counted, so all of what is new is read.
  const middle = middleOf(toRead)
  const isMiddle = ({ byte }: LinePlace): boolean => byte >= middle.from && byte < middle.to
  const chunks: ChunkTaker = {
    upTo: (exchange, line) => (isMiddle(line) && passes?.(exchange) ? middle.to : line.byte),
    take(row, line, file) {
      passed?.(row.exchange, row.chunks)
      reader.takeChunks(row, line, file)
    },
  }
  const pass: LogRange['quick'] = (bytes, line, file) =>
    (passes !== undefined && isMiddle(line) && reader.quickChunk(bytes, line, file, chunks)) ||
    (!wantsBodies() && reader.quickBody(bytes, line, file, { onRecord })) ||
    (line.length > longestBody &&
      reader.quickBody(bytes, line, file, { onRecord, longerThan: longestBody }))
  const range = isWhole
    ? { quick: pass, ...(passes && { chunks }), work: new Work(passes ? EXPLAINED_WORK : LOG_WORK) }
    : reader.quick
  const read = readFiles(index.folder, toRead, known?.position.next, report, range)
  const next = yield* read((found) => {
    reader.take(found, onRecord)
    return !reader.isFull
  })
  const position = positionAfter(index.folder, toRead, known?.position, next)
  const bytes = bytesToRead(toRead)
  if (bytes > 0 && !isCut(damage) && !(isWhole && index.has('places'))) {
    index.note('places', () => placesOf(reader.story.index, position, damage), bytes)
    const { exchanges, gaps } = reader.story
    index.note('exchanges', () => ({ exchanges, gaps }), 0)
  }
  const readRest = (rest: ReportDamage): void => {
    if (isCut(damage)) return
    for (const found of restOf(index.folder, position, rest)) reader.take(found, onRecord)
  }
  return { reader, damage, report, position, goesOn: toRead.goesOn, readRest }
}

function* readSpanLog(index: SessionIndex, held?: ReadSpans): Generator<undefined, ReadSpans> {
  const kept = held === undefined ? index.section('spans') : undefined
  const known = held ?? kept
  const toRead = logToRead(index.folder, SESSION_FILES.meta, known?.position)
  const { damage, report } = held ?? damageSoFar(toRead, known)
  const spans = held?.spans ?? new Map((toRead.goesOn ? (kept?.spans ?? []) : []).map(spanOfIndex))
  const read = readFiles(index.folder, toRead, known?.position.next, report)
  const next = yield* read((found) => addSpans(spans, found, report))
  const position = positionAfter(index.folder, toRead, known?.position, next)
  const bytes = bytesToRead(toRead)
  if (bytes > 0 && !isCut(damage)) {
    index.note('spans', () => ({ position, damage, spans: [...spans.values()] }), bytes)
  }
  const readRest = (rest: ReportDamage): void => {
    if (isCut(damage)) return
    for (const found of restOf(index.folder, position, rest)) addSpans(spans, found, rest)
  }
  return { spans, damage, report, position, goesOn: toRead.goesOn, readRest }
}

function* readEvents(
  index: SessionIndex,
  onEvent?: OnRecords['event'],
  held?: ReadEvents,
): Generator<undefined, ReadEvents> {
  const known = held ?? (onEvent === undefined ? index.section('events') : undefined)
  const toRead = logToRead(index.folder, SESSION_FILES.events, known?.position)
  const { damage, report } = held ?? damageSoFar(toRead, known)
  const read = readFiles(index.folder, toRead, known?.position.next, report)
  const judge = (found: LogRecord, reportHere: ReportDamage): true => {
    const record = judgeEvent(found, reportHere)
    if (record === undefined || onEvent === undefined) return true
    const { file, line, byte, length } = found
    onEvent({ record, file, line, byte, length })
    return true
  }
  const next = yield* read((found) => judge(found, report))
  const position = positionAfter(index.folder, toRead, known?.position, next)
  const bytes = bytesToRead(toRead)
  if (bytes > 0 && !isCut(damage) && !(onEvent && index.has('events')))
    index.note('events', () => ({ position, damage }), bytes)
  const readRest = (rest: ReportDamage): void => {
    if (isCut(damage)) return
    for (const found of restOf(index.folder, position, rest)) judge(found, rest)
  }
  return { damage, report, position, goesOn: toRead.goesOn, readRest }
}

function readFiles(
  folder: string,
  { goesOn, files }: LogToRead,
  known: LinePlace | undefined,
  report: ReportDamage,
  range: LogRange = {},
) {
  return function* (take: (found: LogRecord) => boolean): Generator<undefined, LinePlace> {
    let next = goesOn && known !== undefined ? known : { byte: 0, line: 1 }
    const onEnd = (place: LinePlace): void => {
      next = place
    }
    let sincePause = 0
    for (const { name, from, to } of files) {
      next = from
      const part = { ...range, from: { file: name, ...from }, to, onEnd }
      for (const found of readPart(folder, name, report, part, range.work)) {
        if (!take(found)) return next
        sincePause += found.length
        if (sincePause < PAUSE_BYTES) continue
        sincePause = 0
        yield
      }
    }
    return next
  }
}

/** What is between the first and the last bytes of a long log that is one plain file. */
function middleOf({ files: [file, ...others] }: LogToRead): { from: number; to: number } {
  if (file === undefined || others.length > 0 || !Number.isFinite(file.to))
    return { from: 0, to: 0 }
  return { from: file.from.byte + EXPLAINED_BYTES, to: file.to - EXPLAINED_BYTES }
}

/** It exceeded a limit: where to continue is unknown, so it is neither kept nor read again. */
function isCut(damage: readonly Damage[]): boolean {
  return damage.some(({ reason }) => CUT.has(reason))
}

const CUT = new Set([NOT_READ_ON, MORE_EXCHANGES, MORE_SPANS])

/** What follows the last whole line: read each time, and not kept. */
function* restOf(
  folder: string,
  { files, next }: LogPosition,
  report: ReportDamage,
): Generator<LogRecord> {
  const file = files.at(-1)?.[0]
  if (file !== undefined) yield* readPart(folder, file, report, { from: { file, ...next } })
}

function damageSoFar(
  { goesOn }: LogToRead,
  known: Known | undefined,
): { damage: Damage[]; report: ReportDamage } {
  const damage = goesOn ? [...(known?.damage ?? [])] : []
  return { damage, report: collectDamage(damage) }
}

function bytesToRead({ files }: LogToRead): number {
  return files.reduce((sum, { from, to, stamp }) => {
    const size = Number.isFinite(to) ? to : Number(stamp.split('.')[1] ?? 0)
    return sum + Math.max(1, size - from.byte)
  }, 0)
}

function placesOf({ exchanges, byId }: RawIndex, position: LogPosition, damage: Damage[]): Places {
  return {
    position,
    damage,
    exchanges: packExchanges(exchanges),
    lost: [...byId.values()].filter(({ number }) => number === 0),
  }
}

function rawIndexOf({ exchanges, lost }: Places): RawIndex {
  const index: RawIndex = { exchanges: [], byId: new Map(lost.map((one) => [one.id, one])) }
  for (const exchange of unpackExchanges(exchanges)) addExchange(index, exchange)
  return index
}

function storyOf(places: Places, { exchanges, gaps }: Exchanges): RawStory {
  return { ...emptyStory(), index: rawIndexOf(places), exchanges, gaps }
}

// Names of attributes come from a file, and JSON.parse gives objects a prototype.
function spanOfIndex(span: Span): [string, Span] {
  span.attributes = Object.assign(Object.create(null), span.attributes)
  return [span.spanId, span]
}

function isWorthAnIndex(folder: string, names: readonly string[]): boolean {
  let size = 0
  for (const log of [SESSION_FILES.raw, SESSION_FILES.meta]) {
    for (const name of logParts(folder, log, names)) {
      size += lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
      if (size >= WORTH_AN_INDEX) return true
    }
  }
  return false
}
