import { SESSION_FILES, spanName } from '@tacho/format'
import { plainLogSize } from './plain-size.js'
import { readLog } from './read-log.js'

/**
 * Returns whether a session contains more than its start and end: an exchange, or an event of
 * another kind. A program that was only asked for its version leaves neither.
 */
export function hasContent(folder: string): boolean {
  if (plainLogSize(folder, SESSION_FILES.raw) > 0) return true
  const wanted = (line: Buffer): boolean => !FRAME.some((kind) => line.includes(kind))
  for (const _ of readLog(folder, SESSION_FILES.events, () => {}, { wanted })) return true
  // If the other logs are lost, the spans may still be there.
  const ofMore = (line: Buffer): boolean => !line.includes(ROOT)
  for (const _ of readLog(folder, SESSION_FILES.meta, () => {}, { wanted: ofMore })) return true
  return false
}

const ROOT = Buffer.from(`"name":"${spanName('session')}"`)

/** The events of every run, whatever happens in it. */
const FRAME = ['run-started', 'run-ended', 'agent-version', 'time', 'signal', 'gap'].map((kind) =>
  Buffer.from(`"kind":"${kind}"`),
)
