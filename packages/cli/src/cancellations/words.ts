import { cut, spanAbout } from '@tacho/format'
import type { Cancellation, LeftOpen, Stopped } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { printable } from '../printable.js'
import { byteCount, duration } from '../quantities.js'
import type { Style } from '../style.js'

/** Describes a cancellation: `cancelled by the user (turn/interrupt): stopped #3 after 1.2 kB`. */
export function cancellationWords(cancellation: Cancellation): { text: string; style: Style } {
  const { origin, reason, open, stopped, bytes, requestedAt, releasedAt } = cancellation
  const by = origin === undefined ? '' : ` by ${BY.get(origin) ?? shown(origin)}`
  const why = reason === undefined ? '' : ` (${shown(reason)})`
  const what =
    open !== undefined
      ? openWords(open)
      : stopped.length === 0
        ? 'stopped nothing'
        : `stopped ${stoppedWords(stopped)}`
  const arrived = bytes === undefined ? '' : ` after ${byteCount(bytes)}`
  const released =
    releasedAt === undefined ? '' : `, released in ${duration((releasedAt - requestedAt) / 1000)}`
  return { text: `cancelled${by}${why}: ${what}${arrived}${released}`, style: 'warning' }
}

/** Describes what happened to one without an end. */
export function openWords(open: LeftOpen): string {
  switch (open) {
    case 'running':
      return 'in flight'
    case 'died':
      return 'in flight when the session died'
    case 'ended':
      return 'its end was not recorded'
    default:
      return open satisfies never
  }
}

/**
 * Describes what was stopped: `#3, tool exec_command`. The turn is only mentioned if nothing else
 * was.
 */
export function stoppedWords(stopped: readonly Stopped[]): string {
  const inner = stopped.filter(({ kind }) => kind !== 'turn')
  return (inner.length > 0 ? inner : stopped).slice(0, 8).map(oneWords).join(', ')
}

function oneWords({ kind, number, name, spanId }: Stopped): string {
  if (number !== undefined) return `#${number}`
  if (kind === 'turn') return 'the turn'
  if (name === undefined) return `span ${shown(spanId)}`
  return shown(kind === 'tool' ? `tool ${spanAbout(name)}`.trim() : name)
}

const BY = new Map([
  ['user', 'the user'],
  ['approval', 'an approval'],
  ['signal', 'a signal'],
  ['timeout', 'a timeout'],
  ['host', 'the host'],
])

/** Shortens a recorded word, which may have any length. */
function shown(word: string): string {
  return cutTo(printable(cut(word, 80)), 40)
}
