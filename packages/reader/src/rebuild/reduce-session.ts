import type { RawRecord } from '@tacho/format'
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
import { inBatches } from './in-batches.js'
import { RunObserver } from './observe-run.js'
import { RunEvents } from './run-events.js'

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
  const events = new RunEvents(folder, report, onBytes)
  const observers = new Map<string, RunObserver>()
  const observerOf = (run: string): RunObserver | undefined => {
    const known = observers.get(run)
    if (known !== undefined || events.next(run) === undefined) return known
    const agent = events.first(run, 'run-started')?.agent.name ?? 'unknown'
    const agentReducer = reducerOf(agent)
    const emit = emitOf(run)
    const reducer = new SessionReducer({ sessionId, runId: run, agent, agentReducer, emit })
    const observer = new RunObserver({
      run,
      events,
      asked: (exchange) => askedOf(contents, exchange),
      onObservation: (observation) => reducer.observe(observation),
    })
    observers.set(run, observer)
    return observer
  }
  await readRaw(folder, { report, onBytes }, (run, record, place) => {
    if (record.kind === 'request-body') contents.add(record.exchange, record.content, place)
    observerOf(run)?.take(record)
  })
  for (const run of events.all()) observerOf(run)?.end()
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
  for (const batch of inBatches(rawRecords(folder, report))) {
    for (const found of batch) {
      const { record, length } = found
      onBytes(length + 1)
      sincePause += length
      if (record.kind === 'gap') continue
      if (record.kind === 'exchange') runs.set(record.exchange, record.run)
      const run = runs.get(exchangeIdOf(record))
      if (run !== undefined) take(run, record, found)
    }
    if (sincePause < PAUSE_BYTES) continue
    sincePause = 0
    await new Promise((resolve) => setImmediate(resolve))
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
