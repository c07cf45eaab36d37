import type { EventRecord, RawRecord } from '@tacho/format'
import { type RequestFacts, reducerOf, requestFactsOf, SessionReducer } from '@tacho/model'
import type { ReportDamage } from '../damage.js'
import { exchangeIdOf } from '../raw-record-of.js'
import type { Place } from '../read-log.js'
import { RequestContents } from '../request-contents.js'
import { rawRecords } from '../sound-records.js'
import { RunObserver } from './observe-run.js'
import { readEvents } from './read-events.js'
import { type LineFrame, SpanLines } from './span-lines.js'

export type RebuildSpansOptions = {
  sessionId: string
  frame: LineFrame
  /** Takes each line of spans. */
  write: (line: object) => void
  report: ReportDamage
  /** Is told of bytes of the two logs that are done, before any sealing. */
  onBytes?: (bytes: number) => void
}

/** How many spans were made, and how many of them have no end. */
export type RebuiltSpans = { ended: number; open: number; runs: number }

/** Lets other work of this process go on after this much of a log. */
const PAUSE_BYTES = 8 * 1024 * 1024

/** Makes a session's spans of its events and exchanges, by the rules of today. */
export async function rebuildSpans(
  folder: string,
  options: RebuildSpansOptions,
): Promise<RebuiltSpans> {
  const { sessionId, frame, write, report, onBytes = () => {} } = options
  const contents = new RequestContents(folder)
  const runs = new Map<string, { observer: RunObserver; lines: SpanLines }>()
  for (const [run, events] of readEvents(folder, report, onBytes)) {
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
      asked: (exchange) => askedOf(contents, exchange),
      onObservation: (observation) => reducer.observe(observation),
    })
    runs.set(run, { observer, lines })
  }
  await readRaw(folder, { report, onBytes }, (run, record, place) => {
    if (record.kind === 'request-body') contents.add(record.exchange, record.content, place)
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
  { report, onBytes }: { report: ReportDamage; onBytes: (bytes: number) => void },
  take: (
    run: string,
    record: Exclude<RawRecord, { kind: 'gap' }>,
    place: Place & { length: number },
  ) => void,
): Promise<void> {
  const runs = new Map<string, string>()
  let sincePause = 0
  for (const { record, ...place } of rawRecords(folder, report)) {
    const { length } = place
    onBytes(length + 1)
    sincePause += length
    if (sincePause > PAUSE_BYTES) {
      sincePause = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (record.kind === 'gap') continue
    if (record.kind === 'exchange') runs.set(record.exchange, record.run)
    const run = runs.get(exchangeIdOf(record))
    if (run !== undefined) take(run, record, place)
  }
}

/** What a request asks for; nothing where its body was not kept, or cannot be put together. */
function askedOf(contents: RequestContents, exchange: string): RequestFacts {
  const body = contents.of(exchange)
  try {
    return body === undefined ? {} : requestFactsOf(body)
  } catch {
    return {}
  }
}

function agentOf(events: readonly EventRecord[]): string {
  for (const event of events) if (event.kind === 'run-started') return event.agent.name
  return 'unknown'
}
