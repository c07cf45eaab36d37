import type { Session, SessionExchange } from '@tacho/reader'
import { printable } from '../printable.js'
import type { Style } from '../style.js'
import type { Cell } from '../table.js'
import { closedWords } from '../web-socket-words.js'

/** What became of an exchange: of its answer where that is known, else of its connection; and why. */
export function stateCell(session: Session, exchange: SessionExchange): Cell {
  const { state, webSocket, unparsed } = exchange
  if (state === 'in-flight') return inFlightWords(session)
  const why = whyWords(exchange)
  const became = endWord(exchange)
  const text = [became, why].filter((part) => part !== '').join(': ')
  if (became !== 'completed') return { text, style: STYLES.get(became) ?? 'warning' }
  const isGood = unparsed === undefined && webSocket?.closedBy !== 'upstream'
  // Who closed a connection says more than that it is over.
  return { text: webSocket === undefined ? text : why, style: isGood ? 'good' : 'warning' }
}

/** How an exchange ended, in a word. A connection that broke behind the answer is no good end either. */
export function endWord({ state, outcome }: Pick<SessionExchange, 'state' | 'outcome'>): string {
  return outcome === undefined || outcome === 'completed' ? state : outcome
}

const STYLES = new Map<string, Style>([
  ['failed', 'bad'],
  ['truncated', 'bad'],
])

// Of a connection, who closed it; of what went wrong, what; of a side that was not followed, why.
function whyWords({ outcome, error, webSocket, unparsed = [] }: SessionExchange): string {
  const { type, message } = error ?? {}
  return [
    webSocket === undefined ? '' : closedWords(webSocket),
    // Where nothing else is known, the outcome has said it.
    [type === outcome ? undefined : type, message]
      .flatMap((word) => (word === undefined ? [] : printable(word)))
      .join(', '),
    ...unparsed.map(({ side, reason }) => `${side} not followed (${printable(reason)})`),
  ]
    .filter((part) => part !== '')
    .join('; ')
}

/** What was in flight, as long as its session runs and afterwards. */
export function inFlightWords({ ended }: Session): { text: string; style: Style } {
  if (ended === 'running') return { text: 'in flight', style: 'busy' }
  return { text: `in flight when it ${ended === 'died' ? 'died' : 'ended'}`, style: 'bad' }
}
