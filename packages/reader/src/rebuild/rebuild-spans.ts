import { BodyReader, type EventRecord, type RawRecord, SESSION_FILES } from '@tacho/format'
import { reducerOf, SessionReducer } from '@tacho/model'
import type { ReportDamage } from '../damage.js'
import { exchangeIdOf, rawRecordOf } from '../raw-record-of.js'
import { readLog } from '../read-log.js'
import { RunObserver } from './observe-run.js'
import { readEvents } from './read-events.js'
import { type LineFrame, SpanLines } from './span-lines.js'

export type RebuildSpansOptions = {
  sessionId: string
  frame: LineFrame
  /** Takes each line of spans. */
  write: (line: object) => void
  report: ReportDamage
}

/** How many spans were made, and how many of them have no end. */
export type RebuiltSpans = { ended: number; open: number; runs: number }

/** Lets other work of this process go on after this much of a log. */
const PAUSE_BYTES = 8 * 1024 * 1024

/** Makes a session's spans of its events and exchanges, by the rules of today. */
export async function rebuildSpans(
  folder: string,
  { sessionId, frame, write, report }: RebuildSpansOptions,
): Promise<RebuiltSpans> {
  const contents = new RecentContents()
  const bodies = new BodyReader((exchange) => contents.of(exchange))
  const runs = new Map<string, { observer: RunObserver; lines: SpanLines }>()
  for (const [run, events] of readEvents(folder, report)) {
    const lines = new SpanLines(frame, write)
    const agent = agentOf(events)
    const reducer = new SessionReducer({
      sessionId,
      runId: run,
      agent,
      agentReducer: reducerOf(agent),
      emit: (change) => lines.take(change),
    })
    const observer = new RunObserver({
      events,
      requestBody: (exchange) => bodyOf(bodies, exchange),
      onObservation: (observation) => reducer.observe(observation),
    })
    runs.set(run, { observer, lines })
  }
  await readRaw(folder, report, (run, record) => {
    if (record.kind === 'request-body') contents.add(record)
    runs.get(run)?.observer.take(record)
  })
  for (const { observer } of runs.values()) observer.end()
  const all = [...runs.values()].map(({ lines }) => lines)
  return {
    ended: all.reduce((sum, { ended }) => sum + ended, 0),
    open: all.reduce((sum, { open }) => sum + open, 0),
    runs: runs.size,
  }
}

async function readRaw(
  folder: string,
  report: ReportDamage,
  take: (run: string, record: Exclude<RawRecord, { kind: 'gap' }>) => void,
): Promise<void> {
  const runs = new Map<string, string>()
  let sincePause = 0
  for (const { value, length } of readLog(folder, SESSION_FILES.raw, report)) {
    sincePause += length
    if (sincePause > PAUSE_BYTES) {
      sincePause = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
    const record = rawRecordOf(value)
    if (typeof record === 'string' || record.kind === 'gap') continue
    if (record.kind === 'exchange') runs.set(record.exchange, record.run)
    const run = runs.get(exchangeIdOf(record))
    if (run !== undefined) take(run, record)
  }
}

type BodyRecord = Extract<RawRecord, { kind: 'request-body' }>

/** The contents of request bodies: all of them, for any can be copied from. */
class RecentContents {
  readonly #contents = new Map<string, BodyRecord['content']>()

  add({ exchange, content }: BodyRecord): void {
    this.#contents.set(exchange, content)
  }

  of(exchange: string): BodyRecord['content'] | undefined {
    return this.#contents.get(exchange)
  }
}

function bodyOf(bodies: BodyReader, exchange: string): Uint8Array | undefined {
  try {
    return bodies.read(exchange)
  } catch {
    // It was not kept: what it asked for is not known.
    return undefined
  }
}

function agentOf(events: readonly EventRecord[]): string {
  for (const event of events) if (event.kind === 'run-started') return event.agent.name
  return 'unknown'
}
