import { lstatSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type EventRecord, type GapRecord, SESSION_FILES } from '@tacho/format'
import type { RecordedExchange } from '@tacho/model'
import { collectDamage, type Damage, type ReportDamage } from '../damage.js'
import { logParts } from '../log-parts.js'
import type { IndexedExchange, RawIndex } from '../raw-index.js'
import {
  emptyStory,
  type OnRawRecord,
  type RawStory,
  RawStoryReader,
} from '../raw-log/raw-story.js'
import type { LinePlace } from '../read-lines.js'
import { type LogRange, type LogRecord, readPart } from '../read-log.js'
import { addSpans, type Span } from '../read-spans.js'
import { NOT_READ_ON } from '../sealed/sealed-lines.js'
import { judgeEvent, type Sound } from '../sound-records.js'
import { usableIndexFolder } from './index-folder.js'
import { type LogPosition, type LogToRead, logToRead, positionAfter } from './log-position.js'
import {
  encodeSection,
  openSessionFile,
  type Section,
  type SessionFile,
  sessionFile,
  writeSessionFile,
} from './session-file.js'

/** What the logs of a session tell, without bodies. */
export type SessionLogs = { story: RawStory; spans: Map<string, Span> }

/** Is given what the logs hold while they are read; they are then read from their beginning. */
export type OnRecords = {
  raw?: OnRawRecord
  event?: (found: Sound<EventRecord | GapRecord>) => void
}

/** Logs of fewer bytes are read as fast as an index of them. */
const WORTH_AN_INDEX = 2 * 1024 * 1024
/** An index that lacks so much is not written anew: the next reader reads it as fast. */
const WORTH_WRITING = 512 * 1024
/** Lets other work of this process go on after this much of a log. */
const PAUSE_BYTES = 8 * 1024 * 1024

/**
 * Reads the logs of a session: from what the index has of them on, where it has something. A step for
 * each few megabytes, so that others can do something in between. Reports damage as reading it all would.
 */
export function* sessionLogs(
  folder: string,
  report: ReportDamage,
  on: OnRecords = {},
): Generator<undefined, SessionLogs> {
  const index = new SessionIndex(folder)
  try {
    const spans = yield* readSpanLog(index)
    const story = yield* readRawLog(index, on.raw)
    const events = yield* readEvents(index, on.event)
    index.save()
    for (const part of [spans, story, events]) {
      for (const one of part.damage) report(one)
      part.readRest(report)
    }
    story.reader.countOpen()
    return { story: story.reader.story, spans: spans.spans }
  } finally {
    index.close()
  }
}

/** Where the exchanges of a session stand in its raw log; see {@link sessionLogs}. */
export function* rawPlaces(folder: string, report: ReportDamage): Generator<undefined, RawIndex> {
  const index = new SessionIndex(folder)
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

/** Does all steps at once. */
export function atOnce<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Does the steps one by one, and lets other work go on in between. */
export async function inSteps<Result>(steps: Generator<undefined, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await new Promise((resume) => setImmediate(resume))
  }
}

type Known = { position: LogPosition; damage: Damage[] }
type Places = Known & { exchanges: IndexedExchange[]; lost: IndexedExchange[] }
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

  constructor(folder: string) {
    this.folder = resolve(folder)
    const index = isWorthAnIndex(folder) ? usableIndexFolder() : undefined
    this.#path = index && sessionFile(index, this.folder)
    this.#file = this.#path === undefined ? undefined : openSessionFile(this.#path, this.folder)
  }

  section<Name extends Section>(name: Name): Sections[Name] | undefined {
    return this.#file?.read(name) as Sections[Name] | undefined
  }

  has(name: Section): boolean {
    return this.#file?.line(name) !== undefined
  }

  /** @param bytes that a section had to be read on. */
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
      // Longer than a text can be.
      if (cause instanceof RangeError) return
      throw cause
    }
    writeSessionFile(this.#path, this.folder, sections)
  }

  close(): void {
    this.#file?.close()
  }
}

function* readRawLog(index: SessionIndex, onRecord?: OnRawRecord) {
  const log = SESSION_FILES.raw
  const isWhole = onRecord !== undefined
  const places = isWhole ? undefined : index.section('places')
  const exchanges = isWhole ? undefined : index.section('exchanges')
  const known = places && exchanges && { ...places, story: storyOf(places, exchanges) }
  const toRead = logToRead(index.folder, log, known?.position)
  const { damage, report } = damageSoFar(toRead, known)
  const story = toRead.goesOn ? known?.story : undefined
  const reader = new RawStoryReader(index.folder, report, story)
  const range = isWhole ? {} : { quick: reader.quick }
  const read = readFiles(index.folder, toRead, known?.position.next, report, range)
  const next = yield* read((found) => reader.take(found, onRecord))
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
  return { reader, damage, readRest }
}

function* readSpanLog(index: SessionIndex) {
  const known = index.section('spans')
  const toRead = logToRead(index.folder, SESSION_FILES.meta, known?.position)
  const { damage, report } = damageSoFar(toRead, known)
  const spans = new Map((toRead.goesOn ? (known?.spans ?? []) : []).map(spanOfIndex))
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
  return { spans, damage, readRest }
}

function* readEvents(index: SessionIndex, onEvent?: OnRecords['event']) {
  const known = onEvent === undefined ? index.section('events') : undefined
  const toRead = logToRead(index.folder, SESSION_FILES.events, known?.position)
  const { damage, report } = damageSoFar(toRead, known)
  const read = readFiles(index.folder, toRead, known?.position.next, report)
  const judge = (found: LogRecord, reportHere: ReportDamage): void => {
    const record = judgeEvent(found, reportHere)
    if (record === undefined || onEvent === undefined) return
    const { file, line, byte, length } = found
    onEvent({ record, file, line, byte, length })
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
  return { damage, readRest }
}

function readFiles(
  folder: string,
  { goesOn, files }: LogToRead,
  known: LinePlace | undefined,
  report: ReportDamage,
  range: LogRange = {},
) {
  return function* (take: (found: LogRecord) => void): Generator<undefined, LinePlace> {
    let next = goesOn && known !== undefined ? known : { byte: 0, line: 1 }
    const onEnd = (place: LinePlace): void => {
      next = place
    }
    let sincePause = 0
    for (const { name, from, to } of files) {
      next = from
      const part = { ...range, from: { file: name, ...from }, to, onEnd }
      for (const found of readPart(folder, name, report, part)) {
        take(found)
        sincePause += found.length
        if (sincePause < PAUSE_BYTES) continue
        sincePause = 0
        yield
      }
    }
    return next
  }
}

/** It cost more than may be: where it would go on is not known, and it is neither kept nor read again. */
function isCut(damage: readonly Damage[]): boolean {
  return damage.some(({ reason }) => reason === NOT_READ_ON)
}

/** What stands behind the last whole line: it is read each time, and not kept. */
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
    exchanges,
    lost: [...byId.values()].filter(({ number }) => number === 0),
  }
}

function rawIndexOf({ exchanges, lost }: Places): RawIndex {
  return { exchanges, byId: new Map([...lost, ...exchanges].map((one) => [one.id, one])) }
}

function storyOf(places: Places, { exchanges, gaps }: Exchanges): RawStory {
  return { ...emptyStory(), index: rawIndexOf(places), exchanges, gaps }
}

// Names of attributes come from a file, and JSON.parse gives objects a prototype.
function spanOfIndex(span: Span): [string, Span] {
  span.attributes = Object.assign(Object.create(null), span.attributes)
  return [span.spanId, span]
}

function isWorthAnIndex(folder: string): boolean {
  let size = 0
  for (const log of [SESSION_FILES.raw, SESSION_FILES.meta]) {
    for (const name of logParts(folder, log)) {
      size += lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
      if (size >= WORTH_AN_INDEX) return true
    }
  }
  return false
}
