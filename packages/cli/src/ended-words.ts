import type { Ended } from '@tacho/reader'
import { printable } from './printable.js'
import type { Style } from './style.js'

/** Describes how a session or a run ended, in a word or two. */
export function endedWords(run: {
  ended: Ended
  exitCode?: number | undefined
  signal?: string | undefined
}): { text: string; style: Style } {
  switch (run.ended) {
    case 'completed':
      return { text: 'completed', style: 'good' }
    case 'failed':
      return { text: `failed, exit code ${run.exitCode}`, style: 'bad' }
    case 'signalled':
      return { text: `ended by ${printable(run.signal ?? 'a signal')}`, style: 'warning' }
    case 'died':
      return { text: 'died', style: 'bad' }
    case 'running':
      return { text: 'running', style: 'busy' }
    default:
      return run.ended satisfies never
  }
}
