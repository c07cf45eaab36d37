import type { EventRecord, RawRecord } from '@tacho/format'
import {
  type Emit,
  type RequestFacts,
  reducerOf,
  requestFactsOf,
  SessionReducer,
} from '@tacho/model'
import type { ReportDamage } from '../damage.js'
import { exchangeIdOf } from '../raw-record-of.js'
import type { Place } from '../read-log.js'
import { RequestContents } from '../request-contents.js'
import { rawRecords } from '../sound-records.js'
import { RunObserver } from './observe-run.js'
import { readEvents } from './read-events.js'

export type ReduceSessionOptions = {
  sessionId: string
  report: ReportDamage
  /** Receives how many bytes of the two logs are done, before any sealing. */
  onBytes?: (bytes: number) => void
  /** Returns what receives the span changes of a run, by the run's id. */
  emitOf: (run: string) => Emit
}

/** Lets other work of this process run after this much of a log. */
const PAUSE_BYTES = 8 * 1024 * 1024

/** Reduces a session's events and exchanges by the current rules, run by run. */
export async function reduceSession(folder: string, options: ReduceSessionOptions): Promise<void> {
  const { sessionId, report, onBytes = () => {}, emitOf } = options
  const contents = new RequestContents(folder)
  const observers = new Map<string, RunObserver>()
  for (const [run, events] of readEvents(folder, report, onBytes)) {
    const agent = agentOf(events)
    const agentReducer = reducerOf(agent)
    const emit = emitOf(run)
    const reducer = new SessionReducer({ sessionId, runId: run, agent, agentReducer, emit })
    const observer = new RunObserver({
      events,
      asked: (exchange) => askedOf(contents, exchange),
      onObservation: (observation) => reducer.observe(observation),
    })
    observers.set(run, observer)
  }
  await readRaw(folder, { report, onBytes }, (run, record, place) => {
    if (record.kind === 'request-body') contents.add(record.exchange, record.content, place)
    observers.get(run)?.take(record)
  })
  for (const observer of observers.values()) observer.end()
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
  for (const found of rawRecords(folder, report)) {
    const { record, length } = found
    onBytes(length + 1)
    sincePause += length
    if (sincePause > PAUSE_BYTES) {
      sincePause = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (record.kind === 'gap') continue
    if (record.kind === 'exchange') runs.set(record.exchange, record.run)
    const run = runs.get(exchangeIdOf(record))
    if (run !== undefined) take(run, record, found)
  }
}

/** Returns what a request asks for; empty if its body was not kept, or cannot be assembled. */
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
