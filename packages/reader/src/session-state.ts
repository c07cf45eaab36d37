import type { Ended } from '@tacho/model'
import { collectDamage, type Damage } from './damage.js'
import type { FoundSession } from './found-session.js'
import { readManifest } from './read-manifest.js'
import { readSpans } from './read-spans.js'
import { signsOfLife } from './running/signs-of-life.js'
import { reportManifest } from './session-damage.js'
import { endedOf, sessionRuns } from './session-runs.js'

/** Whether a session is over, and since when: what is known of it without reading its logs. */
export type SessionState = FoundSession & {
  /** Absent where the folder is of a newer format. */
  ended?: Ended
  /** ISO 8601, of the last run. */
  endedAt?: string
  lastStartedAt?: string
  /** The folder's format, where it needs a newer Tacho. */
  newerFormat?: number
  damage: Damage[]
}

/** Looks at the manifest and at the spans of the runs, and passes over all else. */
export function sessionState(found: FoundSession): SessionState {
  const damage: Damage[] = []
  const read = readManifest(found.folder)
  if ('format' in read) return { ...found, newerFormat: read.format, damage }
  reportManifest(read, collectDamage(damage))
  const spans = readSpans(found.folder, () => {}, { wanted: isOfRun })
  const runs = sessionRuns(
    'manifest' in read ? read.manifest : undefined,
    spans,
    signsOfLife(found.folder).lives,
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

function isOfRun(line: Buffer): boolean {
  return line.includes('"name":"session"')
}
