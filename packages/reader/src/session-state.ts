import { spanName } from '@tacho/format'
import type { Ended } from '@tacho/model'
import { collectDamage, type Damage } from './damage.js'
import type { FoundSession } from './found-session.js'
import { readManifest } from './read-manifest.js'
import { readSpans } from './read-spans.js'
import { signsOfLife } from './running/signs-of-life.js'
import { reportManifest } from './session-damage.js'
import { endedOf, sessionRuns } from './session-runs.js'

/** Whether a session is over, and since when: what is known without reading its logs. */
export type SessionState = FoundSession & {
  /** Absent if the folder has a newer format. */
  ended?: Ended
  /** ISO 8601, for the last run. */
  endedAt?: string
  lastStartedAt?: string
  /** The folder's format, if it needs a newer Tacho. */
  newerFormat?: number
  damage: Damage[]
}

/** Reads only the manifest and the spans of the runs. */
export function sessionState(found: FoundSession): SessionState {
  const damage: Damage[] = []
  const read = readManifest(found.folder)
  if ('format' in read) return { ...found, newerFormat: read.format, damage }
  reportManifest(read, collectDamage(damage))
  const spans = readSpans(found.folder, () => {}, { containing: OF_RUN })
  const runs = sessionRuns(
    'manifest' in read ? read.manifest : undefined,
    spans,
    signsOfLife(found.folder),
  )
  const last = runs.at(-1)
  const ended = endedOf(runs)
  return {
    ...found,
    ended,
    ...(ended !== 'running' && last?.endedAt !== undefined && { endedAt: last.endedAt }),
    ...(last?.startedAt !== undefined && { lastStartedAt: last.startedAt }),
    damage,
  }
}

const OF_RUN = `"name":"${spanName('session')}"`
