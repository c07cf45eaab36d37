import type { Ended, LeftOpen, Session, SessionExchange } from '@tacho/reader'
import { printable } from '../printable.js'
import type { Style } from '../style.js'
import type { Cell } from '../table.js'
import { closedWords } from '../web-socket-words.js'

/** Describes the outcome of an exchange if it is known, else its state; and why. */
export function stateCell(session: Session, exchange: SessionExchange): Cell {
  const { state, webSocket, unparsed } = exchange
  if (state === 'in-flight') {
    const run = session.runs.find(({ id }) => id === exchange.run)
    return inFlightWords(run?.ended ?? session.ended)
  }
  const why = whyWords(exchange)
  const became = endWord(exchange)
  const text = [became, why].filter((part) => part !== '').join(': ')
  if (became !== 'completed') return { text, style: STYLES.get(became) ?? 'warning' }
  const isGood = unparsed === undefined && webSocket?.closedBy !== 'upstream'
  // Who closed a connection says more than that it is over.
  return { text: webSocket === undefined ? text : why, style: isGood ? 'good' : 'warning' }
}

/**
 * Returns how an exchange ended, in one word. A connection that broke after the answer is not a
 * good end either.
 */
export function endWord({ state, outcome }: Pick<SessionExchange, 'state' | 'outcome'>): string {
  return outcome === undefined || outcome === 'completed' ? state : outcome
}

const STYLES = new Map<string, Style>([
  ['failed', 'bad'],
  ['truncated', 'bad'],
])

// For a connection, who closed it; for a failure, what failed; for a side that was not parsed, why.
function whyWords({ outcome, error, webSocket, unparsed = [] }: SessionExchange): string {
  const { type, message } = error ?? {}
  return [
    webSocket === undefined ? '' : closedWords(webSocket),
    // If nothing else is known, the outcome has said it already.
    [type === outcome ? undefined : type, message]
      .flatMap((word) => (word === undefined ? [] : printable(word)))
      .join(', '),
    ...unparsed.map(({ side, reason }) => `${side} not followed (${printable(reason)})`),
  ]
    .filter((part) => part !== '')
    .join('; ')
}

/**
 * Describes what has no end: it is in flight, or was when its run died. A run that ended has ended
 * what was open in it, so there the end is missing from the record.
 */
export function inFlightWords(
  ended: Ended | LeftOpen,
  words = 'in flight',
): { text: string; style: Style } {
  if (ended === 'running') return { text: words, style: 'busy' }
  return { text: ended === 'died' ? `${words} when it died` : 'end not recorded', style: 'bad' }
}
