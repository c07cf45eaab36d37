import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type EventRecord, type Run, SESSION_FILES } from '@tacho/format'
import { eventRecordOf } from '../event-record-of.js'
import { logParts, namesIn } from '../log-parts.js'
import { readLog } from '../read-log.js'
import { codecOf } from '../sealed/codec.js'
import { ownFile } from './file-lock.js'
import { isAlive } from './is-alive.js'
import { ownPidNamespace } from './pid-namespace.js'

/** Six of the recorder's heartbeats (`HEARTBEAT_MILLISECONDS`). */
const SILENCE_MILLISECONDS = 60_000

const LOGS = [SESSION_FILES.events, SESSION_FILES.raw, SESSION_FILES.meta, SESSION_FILES.log]

/** The recorder of a run, as the manifest describes it. */
export type Recorder = Pick<Run, 'pid' | 'pidStarted' | 'pidNamespace'>

/** Signs in a session's folder that it is being written. */
export type SignsOfLife = {
  /** Somebody holds one of the logs. */
  isHeld(): boolean
  /** One of the logs was recently written or touched. */
  isBeating(): boolean
  /** Returns whether a recorder lives; without an argument, whether any is seen to. */
  lives(recorder: Recorder | undefined): boolean
  /**
   * Returns the event with which a run ended. Its manifest can lack that end: a full disk has room
   * for one more line, and not for another manifest.
   */
  endOf(run: string): RunEnded | undefined
}

/** The event with which a run ended. */
export type RunEnded = Extract<EventRecord, { kind: 'run-ended' }>

/**
 * Checks each sign once, on demand.
 *
 * @param names in the folder, if they are known.
 */
export function signsOfLife(folder: string, names?: readonly string[]): SignsOfLife {
  const logs = once(() => plainLogs(folder, names ?? namesIn(folder)))
  const isHeld = once(() => logs().some(isHeldFile))
  const isBeating = once(() => logs().some(wasTouched))
  const ends = once(() => endsIn(folder))
  return {
    isHeld,
    isBeating,
    lives(recorder) {
      if (recorder === undefined) return isHeld()
      if (isSeen(recorder)) return isAlive(recorder.pid, recorder.pidStarted)
      return isHeld() || isBeating()
    },
    endOf: (run) => ends().get(run),
  }
}

function endsIn(folder: string): Map<string, RunEnded> {
  const ends = new Map<string, RunEnded>()
  const range = { containing: '"kind":"run-ended"' }
  for (const { value } of readLog(folder, SESSION_FILES.events, () => {}, range)) {
    const event = eventRecordOf(value)
    if (typeof event !== 'string' && event.kind === 'run-ended') ends.set(event.run, event)
  }
  return ends
}

/**
 * Returns whether its process can be seen from here. Tacho 0.1.0 only knew one namespace, and did
 * not record it.
 */
export function isSeen({ pidNamespace = ownPidNamespace() }: Recorder): boolean {
  return pidNamespace === ownPidNamespace()
}

function plainLogs(folder: string, names: readonly string[]): string[] {
  return LOGS.flatMap((log) => logParts(folder, log, names))
    .filter((name) => codecOf(name) === undefined)
    .map((name) => join(folder, name))
}

function isHeldFile(path: string): boolean {
  using file = ownFile(path)
  return file?.isHeld === true
}

function wasTouched(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false })
  return file !== undefined && Date.now() - file.mtimeMs < SILENCE_MILLISECONDS
}

function once<Seen>(look: () => Seen): () => Seen {
  let seen: Seen | undefined
  return () => {
    seen ??= look()
    return seen
  }
}
