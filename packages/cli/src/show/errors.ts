import type { Session, SessionExchange } from '@tacho/reader'
import { styled } from '../style.js'
import { stateCell } from './state-cell.js'

/** The time line shows the rest. */
const SHOWN = 5

/** Returns lines that say which requests failed, and why, so that nobody has to look for them. */
export function errorLines(session: Session): string[] {
  const failed = session.exchanges.filter(wentWrong)
  if (failed.length === 0) return []
  const lines = failed.slice(0, SHOWN).map((exchange) => {
    const cell = stateCell(session, exchange)
    return `  ${exchange.number}  ${typeof cell === 'string' ? cell : styled(cell.style, cell.text)}`
  })
  const more = failed.length - SHOWN
  return ['', styled('bad', 'errors'), ...lines, ...(more > 0 ? [`  and ${more} more`] : [])]
}

function wentWrong({ outcome, state }: SessionExchange): boolean {
  return outcome === undefined ? state === 'failed' : BAD.has(outcome)
}

const BAD = new Set(['failed', 'truncated', 'unreadable'])
