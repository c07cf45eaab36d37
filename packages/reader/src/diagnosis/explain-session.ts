import { type GapRecord, type RawRecord, SESSION_FILES } from '@tacho/format'
import {
  type Call,
  type Cause,
  type Clue,
  type Diagnosis,
  diagnose,
  type EvidencePlace,
  type Machine,
  type SessionCase,
} from '@tacho/model'
import { isLimit, type ReportDamage } from '../damage.js'
import { FollowedSession } from '../followed-session.js'
import { CALLS, CONVERSATION_BYTES, EXCHANGES } from '../limits.js'
import { microsOfIso } from '../micros.js'
import { exchangeIdOf } from '../raw-record-of.js'
import { readSession, type Session } from '../read-session.js'
import { NOT_READ_ON } from '../sealed/sealed-lines.js'
import type { OnRecords } from '../session-index/session-logs.js'
import { sessionParts } from '../session-parts.js'
import type { Sound } from '../sound-records.js'
import { CallReader } from './call-reader.js'
import { logWords } from './log-words.js'
import { machineOf } from './machine.js'
import { RecordsSeen } from './records-seen.js'
import { RequestSteps } from './request-steps.js'
import { RunsSeen } from './runs-seen.js'
import { spanPlaces } from './span-places.js'

/** Evidence for a cause: a line in a session's file, and what it says. */
export type Evidence = EvidencePlace & { text: string }

type Shown<Part> = Omit<Part, 'clues'> & { evidence: Evidence[] }

/** How a session ended and why, with the evidence. */
export type Explanation = {
  session: Session
  end: Shown<Diagnosis['end']>
  causes: Shown<Cause>[]
  notes: Shown<Cause>[]
  inFlight: Diagnosis['inFlight']
  endsMissing: Diagnosis['endsMissing']
  /**
   * How many answers in the middle of a long session were not read: of these, only how they ended
   * is known. Absent if there are none.
   */
  unreadAnswers?: number
  /** For a session that died, whose description depends on this. */
  look?: Look
}

/** When a session was last seen and when it was examined, in microseconds, and on which machine. */
export type Look = { lastSeenAt: number; now: number; cgroups: string[]; machine: Machine }

/**
 * Finds out how a session ended, or what state it is in, and why, by the rules of docs/causes.md.
 *
 * @throws ReaderError `newer-format` if a later Tacho wrote the folder.
 */
export async function explainSession(folder: string, now = Date.now()): Promise<Explanation> {
  const seen = new Seen(folder)
  return explained(await readSession(folder, seen.on), seen, now)
}

/** A session that is explained repeatedly while it goes on: each time only new data is read. */
export class FollowedExplanation {
  readonly #session: FollowedSession
  #seen: Seen
  #last: Promise<unknown> = Promise.resolve()

  constructor(folder: string) {
    this.#seen = new Seen(folder)
    this.#session = new FollowedSession(folder, () => {
      this.#seen = new Seen(folder)
      return this.#seen.on
    })
  }

  /**
   * Explains the session as {@link explainSession} does; concurrent calls run one after another.
   */
  explain(now = Date.now()): Promise<Explanation> {
    const explaining = this.#last.then(async () =>
      explained(await this.#session.read(), this.#seen, now),
    )
    this.#last = explaining.catch(() => undefined)
    return explaining
  }
}

function explained(session: Session, seen: Seen, now: number): Explanation {
  const { folder } = session
  const cgroups = seen.runs.of(session).flatMap(({ memory }) => memory?.cgroup ?? [])
  const machine = machineOf(folder, cgroups)
  const report: ReportDamage = (one) => session.damage.push(one)
  const words = logWords(folder, report)
  const runs = seen.runs.of(session)
  if (seen.requests.isPartial || seen.isPartial)
    report({ file: SESSION_FILES.raw, lines: 0, reason: NOT_READ_ON })
  else seen.records.report(session, runs, report)
  const told = caseOf(session, seen, { now: now * 1000, machine, words, runs })
  const found = diagnose(told)
  const places = spanPlaces(folder, spansIn(found))
  const shown = <Part extends { clues: Clue[] }>({ clues, ...part }: Part) => ({
    ...part,
    evidence: clues.flatMap(({ at, text }): Evidence[] => {
      const place = at !== undefined && 'spanId' in at ? places.get(at.spanId) : at
      return place === undefined ? [] : [{ ...place, text }]
    }),
  })
  return {
    session,
    end: shown(found.end),
    causes: found.causes.map(shown),
    notes: found.notes.map(shown),
    inFlight: found.inFlight,
    endsMissing: found.endsMissing,
    ...(seen.passed.size > 0 && { unreadAnswers: seen.passed.size }),
    ...(session.ended === 'died' &&
      told.lastSeenAt !== undefined && {
        look: { lastSeenAt: told.lastSeenAt, now: told.now, cgroups, machine },
      }),
  }
}

/** Collects what is seen while the logs are read. */
class Seen {
  readonly calls = new Map<string, CallReader>()
  readonly gaps: { gap: GapRecord; at: EvidencePlace }[] = []
  readonly runs = new RunsSeen()
  readonly records = new RecordsSeen()
  readonly requests: RequestSteps
  /** Receives the contents of the logs. */
  readonly on: OnRecords = {
    raw: (found) => this.#takeRaw(found),
    wantsBodies: () => !this.requests.isPartial,
    longestBody: CONVERSATION_BYTES,
    // What an answer says that went well matters least in the middle of a long session.
    passes: (exchange) => !this.calls.get(exchange)?.isRefused,
    passed: (exchange, chunks) => this.#pass(exchange, chunks),
    event: (found) => this.runs.take(found),
  }
  /** Whether there were more exchanges than are held. */
  isPartial = false
  /** The exchanges in the middle whose answers are not read. */
  readonly passed = new Set<string>()
  #exchanges = 0

  constructor(folder: string) {
    this.requests = new RequestSteps(folder)
  }

  #pass(exchange: string, chunks: number): void {
    this.calls.get(exchange)?.pass()
    this.records.count(exchange, chunks)
    this.passed.add(exchange)
  }

  #takeRaw({ record, ...place }: Sound<RawRecord>): void {
    this.records.take({ record, ...place })
    if (record.kind === 'gap') {
      this.gaps.push({ gap: record, at: { file: place.file, line: place.line } })
    } else if (record.kind === 'exchange') {
      // Later ones are not among the session's exchanges, either.
      if (this.#exchanges >= EXCHANGES) return
      this.#exchanges += 1
      this.requests.begin(record, this.#exchanges)
      this.calls.set(record.exchange, new CallReader({ record, ...place }))
      // The last exchanges show why a session ended.
      for (const oldest of this.calls.size > CALLS ? this.calls.keys() : []) {
        this.calls.delete(oldest)
        this.isPartial = true
        break
      }
    } else {
      if (record.kind === 'request-body') this.requests.body({ record, ...place })
      this.calls.get(exchangeIdOf(record))?.take({ record, ...place })
    }
  }
}

function caseOf(
  session: Session,
  seen: Seen,
  { runs, ...known }: Pick<SessionCase, 'now' | 'machine' | 'words' | 'runs'>,
): SessionCase {
  const lastSeenAt = Math.max(microsOfIso(session.lastSeenAt ?? '') ?? 0, seen.runs.lastAt ?? 0)
  return {
    id: session.id,
    ended: session.ended,
    parts: sessionParts(session),
    calls: session.exchanges.flatMap((exchange): Call[] => {
      const reader = seen.calls.get(exchange.id)
      return reader === undefined ? [] : [reader.call(exchange)]
    }),
    steps: seen.requests.steps,
    called: calledIn(session, seen),
    sandboxDenied: seen.runs.sandboxDenied,
    isSandboxed: seen.runs.isSandboxed,
    runs,
    gaps: [...seen.gaps, ...seen.runs.gaps],
    damage: session.damage
      .filter((one) => !isLimit(one))
      .map(({ file, line, reason }) => ({ file, reason, ...(line !== undefined && { line }) })),
    isManifestLate: isManifestLate(session),
    ...(lastSeenAt > 0 && { lastSeenAt }),
    ...known,
  }
}

/** Returns whether the manifest lacks the end of the last run, which is known from elsewhere. */
function isManifestLate({ ended, manifest, runs }: Session): boolean {
  const last = manifest?.runs.find(({ id }) => id === runs.at(-1)?.id)
  const isOpen = last !== undefined && last.endedAt === undefined && last.ended === undefined
  return isOpen && ended !== 'died' && ended !== 'running'
}

function calledIn({ exchanges }: Session, { calls }: Seen): SessionCase['called'] {
  return new Map(
    exchanges.flatMap(({ id, number }) =>
      (calls.get(id)?.called ?? []).map(({ callId, name, input, place }) => [
        callId,
        { name, input, exchange: number, place },
      ]),
    ),
  )
}

function spansIn({ end, causes, notes }: Diagnosis): Set<string> {
  const clues = [end, ...causes, ...notes].flatMap((part) => part.clues)
  return new Set(clues.flatMap(({ at }) => (at !== undefined && 'spanId' in at ? at.spanId : [])))
}
