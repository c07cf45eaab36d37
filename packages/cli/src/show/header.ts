import { agentTitle, SESSION_FILES } from '@tacho/format'
import {
  approvalsOf,
  approvalTotals,
  cancellationsOf,
  cancellationTotals,
  microsOfIso,
  type Session,
  type SessionRun,
  totalUsage,
  transcriptsIn,
} from '@tacho/reader'
import { waitedWords } from '../approvals/words.js'
import { cutTo } from '../display-width.js'
import { endedWords } from '../ended-words.js'
import { printable } from '../printable.js'
import { duration, localTime, tokenCount } from '../quantities.js'
import { styled } from '../style.js'
import { endWord } from './state-cell.js'

/**
 * Returns the lines above the time line: who, when, where, with which command, and how it ended.
 *
 * @param trace where Jaeger shows it.
 */
export function headerLines(session: Session, trace: string | undefined): string[] {
  const run = session.runs.at(-1)
  const fields: [name: string, text: string][] = [
    ['agent', agentWords(session, run)],
    ['started', startedWords(session)],
    ['ended', endWords(session, run)],
    ['why', whyWords(session)],
    ['cwd', printable(run?.cwd ?? '')],
    ['command', run === undefined ? '' : commandWords(session, run)],
    ['exchanges', exchangesWords(session)],
    ['connections', connectionsWords(session)],
    ['approvals', approvalsWords(session)],
    ['cancellations', cancellationsWords(session)],
    ['tokens', tokensWords(session)],
    ['secrets', secretsWords(session)],
    ['folder', printable(session.folder)],
    ['transcript', transcriptWords(session)],
    ['trace', printable(trace ?? '')],
  ]
  const shown = fields.filter(([, text]) => text !== '')
  const widest = Math.max(...shown.map(([name]) => name.length))
  return [
    `session ${styled('heading', printable(session.id))}`,
    ...shown.map(([name, text]) => `  ${name.padEnd(widest)} ${text}`),
  ]
}

/** For a session that did not end well, where to find out why. */
function whyWords({ id, ended }: Session): string {
  return ended === 'completed' || ended === 'running' ? '' : printable(`tacho explain ${id}`)
}

/**
 * Only if they were not replaced; whether `tacho scrub` has done so since, only a search can tell.
 */
function secretsWords({ id, runs }: Session): string {
  const isPlain = runs.some(({ scrubbed }) => scrubbed === false)
  return isPlain
    ? printable(`recorded with --no-scrub, as they were sent; replace them: tacho scrub ${id}`)
    : ''
}

/** Tacho did not write it: whoever passes the folder on must know. */
function transcriptWords({ agent, folder }: Session): string {
  const [first, ...others] = transcriptsIn(folder)
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return printable(`${first}${more}: ${agentTitle(agent)}'s own, not scrubbed`)
}

/** Returns the command line of a run, as typed; undefined if unknown. */
export function commandWords({ agent }: Session, { argv }: SessionRun): string {
  return argv === undefined ? '' : [agent.name, ...argv].map(shortWord).join(' ')
}

/** A prompt on a command line can have any length. */
const WORD_WIDTH = 200

function shortWord(word: string): string {
  return shellWord(cutTo(printable(word.slice(0, 4 * WORD_WIDTH)), WORD_WIDTH))
}

function agentWords(session: Session, run: SessionRun | undefined): string {
  const version = run?.agentVersion ?? session.agent.version
  const agent = [agentTitle(session.agent), version ?? ''].join(' ').trim()
  return printable(run?.tacho ? `${agent}, recorded by Tacho ${run.tacho}` : agent)
}

function startedWords(session: Session): string {
  const started = localTime(session.startedAt)
  if (started === undefined) return ''
  return session.runs.length > 1 ? `${started}, ${session.runs.length} runs` : started
}

/** Describes how a session ended, and after how long. */
export function endWords(session: Session, run: SessionRun | undefined): string {
  const words = endedWords({ ...run, ended: session.ended })
  const text = styled(words.style, words.text)
  if (session.ended === 'running') return text
  if (session.ended === 'died') {
    const seen = localTime(session.lastSeenAt)
    return `${text}: its end was not recorded${seen === undefined ? '' : `; last sign of life ${seen}`}`
  }
  const from = microsOfIso(run?.startedAt ?? '')
  const to = microsOfIso(session.endedAt ?? '')
  const took = from !== undefined && to !== undefined && to >= from ? (to - from) / 1000 : undefined
  return `${text}${took === undefined ? '' : ` after ${duration(took)}`}`
}

function exchangesWords({ exchanges, damage }: Session): string {
  // If the log is gone, their number is unknown.
  if (exchanges.length === 0 && damage.some(({ file }) => file === SESSION_FILES.raw)) return ''
  const counts = new Map<string, number>()
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  const requests = exchanges.filter(({ isConnection }) => !isConnection)
  for (const exchange of requests) {
    count(endWord(exchange))
    if (exchange.isPrewarm) count('prewarm')
  }
  const parts = ENDS.filter((what) => counts.has(what)).map(
    (what) => `${counts.get(what)} ${what.replace('-', ' ')}`,
  )
  return parts.length === 0 ? String(requests.length) : `${requests.length}: ${parts.join(', ')}`
}

const ENDS = [
  'prewarm',
  'cancelled',
  'incomplete',
  'truncated',
  'unreadable',
  'failed',
  'in-flight',
]

function connectionsWords({ exchanges }: Session): string {
  const count = exchanges.filter(({ isConnection }) => isConnection).length
  return count === 0 ? '' : `${count} WebSocket${count === 1 ? '' : 's'}`
}

function approvalsWords(session: Session): string {
  const totals = approvalTotals(approvalsOf(session))
  if (totals.count === 0) return ''
  const open = totals.open > 0 ? `${totals.open} open` : ''
  const parts = [waitedWords(totals), open].filter((part) => part !== '')
  return parts.length === 0 ? String(totals.count) : `${totals.count}: ${parts.join(', ')}`
}

function cancellationsWords(session: Session): string {
  const { count, byOrigin } = cancellationTotals(cancellationsOf(session))
  if (count === 0) return ''
  const parts = Object.entries(byOrigin).map(([origin, times]) => `${times} ${origin}`)
  return `${count}: ${printable(parts.join(', '))}`
}

function tokensWords({ exchanges }: Session): string {
  const usage = totalUsage(exchanges.map((exchange) => exchange.usage))
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return ''
  const cached = usage.cacheReadInputTokens
  const { inputTokens, outputTokens } = usage
  const parts = [
    inputTokens === undefined
      ? ''
      : `${tokenCount(inputTokens)} in${cached ? ` (${tokenCount(cached)} cached)` : ''}`,
    outputTokens === undefined ? '' : `${tokenCount(outputTokens)} out`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
