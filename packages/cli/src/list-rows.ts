import { homedir } from 'node:os'
import type { ExchangeCounts, SessionMarks, SessionSummary } from '@tacho/reader'
import { endedWords } from './ended-words.js'
import { printable } from './printable.js'
import { duration, localTime, shortTime, tokenPair } from './quantities.js'
import { shortIds } from './short-ids.js'
import type { Cell, Column, Row } from './table.js'

export const LIST_COLUMNS: readonly Column[] = [
  { title: 'session' },
  { title: 'started' },
  { title: 'took', align: 'right', spare: 2 },
  { title: 'agent', cut: 'end' },
  { title: 'ended' },
  { title: 'exchanges', cut: 'end', least: 15, spare: 1 },
  { title: 'tokens', align: 'right', spare: 4 },
  { title: 'marks', cut: 'end', least: 12, spare: 5 },
  { title: 'cwd', cut: 'start', least: 10, spare: 3 },
  { title: 'title', cut: 'end', least: 20, spare: 6 },
]

/**
 * Returns the rows of `tacho ls`, one per session, in the columns of {@link LIST_COLUMNS}.
 *
 * @param isShort for a terminal: ids and times no longer than needed to tell them apart, and the
 *   agent without its version.
 */
export function listRows(
  sessions: readonly SessionSummary[],
  { isShort }: { isShort: boolean },
): Row[] {
  const short = isShort ? shortIds(sessions.map(({ id }) => id)) : undefined
  return sessions.map((session) => [
    short?.get(session.id) ?? session.id,
    (isShort ? shortTime : localTime)(session.lastStartedAt) ?? '',
    session.durationMs === undefined ? '' : duration(session.durationMs),
    agentWords(session, isShort),
    endedCell(session),
    session.exchanges === undefined ? '' : exchangesWords(session.exchanges),
    tokensWords(session),
    marksCell(session.marks),
    printable(homely(session.cwd ?? '')),
    printable((session.title ?? session.prompts[0] ?? '').replace(/\s+/g, ' ')),
  ])
}

function agentWords(session: SessionSummary, isShort: boolean): string {
  const { agent, agentTitle = agent, agentVersion = '' } = session
  return printable(isShort ? agentTitle : [agentTitle, agentVersion].join(' ').trim())
}

function marksCell({ errors, approvals, denied, cancellations }: SessionMarks): Cell {
  const parts = [
    counted(errors, 'error'),
    counted(approvals, 'approval') + (denied > 0 ? ` (${denied} denied)` : ''),
    cancellations > 0 ? `${cancellations} cancelled` : '',
  ].filter((part) => part !== '')
  const text = parts.join(', ')
  if (errors > 0) return { text, style: 'bad' }
  return denied + cancellations > 0 ? { text, style: 'warning' } : text
}

function counted(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`
}

function endedCell(session: SessionSummary): Cell {
  const { ended, exitCode, signal, newerFormat, damage } = session
  if (ended === undefined) {
    return { text: `format ${newerFormat}: needs a newer Tacho`, style: 'warning' }
  }
  const words = endedWords({ ended, exitCode, signal })
  return damage.length === 0 ? words : { text: `${words.text}, damaged`, style: 'warning' }
}

function exchangesWords(counts: ExchangeCounts): string {
  const { completed, cancelled, failed, inFlight, prewarms } = counts
  const parts = [
    prewarms > 0 ? `${prewarms} prewarm` : '',
    failed > 0 ? `${failed} failed` : '',
    cancelled > 0 ? `${cancelled} cancelled` : '',
    inFlight > 0 ? `${inFlight} in flight` : '',
  ].filter((part) => part !== '')
  const total = completed + cancelled + failed + inFlight
  return parts.length === 0 ? String(total) : `${total} (${parts.join(', ')})`
}

function tokensWords({ usage }: SessionSummary): string {
  const { inputTokens, outputTokens } = usage
  return tokenPair(inputTokens, outputTokens)
}

function homely(path: string): string {
  const home = homedir()
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}
