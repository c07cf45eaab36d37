import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Run, SESSION_FILES } from '@tacho/format'
import { logParts } from '../log-parts.js'
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
}

/** Checks each sign once, on demand. */
export function signsOfLife(folder: string): SignsOfLife {
  const isHeld = once(() => plainLogs(folder).some(isHeldFile))
  const isBeating = once(() => plainLogs(folder).some(wasTouched))
  return {
    isHeld,
    isBeating,
    lives(recorder) {
      if (recorder === undefined) return isHeld()
      if (isSeen(recorder)) return isAlive(recorder.pid, recorder.pidStarted)
      return isHeld() || isBeating()
    },
  }
}

/**
 * Returns whether its process can be seen from here. Tacho 0.1.0 only knew one namespace, and did
 * not record it.
 */
export function isSeen({ pidNamespace = ownPidNamespace() }: Recorder): boolean {
  return pidNamespace === ownPidNamespace()
}

function plainLogs(folder: string): string[] {
  return LOGS.flatMap((log) => logParts(folder, log))
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

function once(look: () => boolean): () => boolean {
  let seen: boolean | undefined
  return () => {
    seen ??= look()
    return seen
  }
}
