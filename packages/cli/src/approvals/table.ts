import { type AgentIdentity, agentTitle, cut } from '@tacho/format'
import { type Approval, approvalTotals, isoOfMicros } from '@tacho/reader'
import { printable } from '../printable.js'
import { duration, localTime } from '../quantities.js'
import type { Cell, Column, Row } from '../table.js'
import { answerWords, waitedWords, whatWords } from './words.js'

export const APPROVAL_COLUMNS: readonly Column[] = [
  { title: 'asked', spare: 2 },
  { title: 'kind', cut: 'end', spare: 3 },
  { title: 'what', cut: 'end', least: 12 },
  { title: 'decision', cut: 'end', least: 12 },
  { title: 'decided by', spare: 1 },
  { title: 'waited', align: 'right' },
]

/** An approval with its session and agent. */
export type AskedIn = { approval: Approval; session: string; agent: AgentIdentity | undefined }

/** For several sessions: the outcome in our words next to the agent's own. */
export const MANY_COLUMNS: readonly Column[] = [
  { title: 'session', spare: 2 },
  { title: 'agent', cut: 'end', least: 5 },
  { title: 'asked', spare: 4 },
  { title: 'kind', cut: 'end', spare: 3 },
  { title: 'what', cut: 'end', least: 12 },
  { title: 'outcome', cut: 'end', least: 8 },
  { title: 'decision', cut: 'end', least: 8 },
  { title: 'decided by', spare: 1 },
  { title: 'waited', align: 'right' },
]

/** Returns the rows of `tacho approvals --all`, in the columns of {@link MANY_COLUMNS}. */
export function manyRows(asked: readonly AskedIn[]): Row[] {
  return asked.map(({ approval, session, agent }) => {
    const [at, kind, what, decision, decidedBy, waited] = cellsOf(approval)
    const { outcome = 'unknown', open } = approval
    const isAnswered = open === undefined
    const became = isAnswered ? cell(outcome) : answerWords(approval).text
    const own = isAnswered && approval.decision !== undefined ? decision : ''
    return [
      cell(session),
      cell(agent === undefined ? '' : agentTitle(agent)),
      at,
      kind,
      what,
      became,
      own,
      decidedBy,
      waited,
    ]
  })
}

/** Returns the rows of `tacho approvals`, in the columns of {@link APPROVAL_COLUMNS}. */
export function approvalRows(approvals: readonly Approval[]): Row[] {
  return approvals.map(cellsOf)
}

function cellsOf(approval: Approval): [Cell, Cell, Cell, Cell, Cell, Cell] {
  const { askedAt, kind, decidedBy, waitMs } = approval
  return [
    localTime(isoOfMicros(askedAt)) ?? '?',
    cell(kind),
    cell(whatWords(approval)),
    decisionCell(approval),
    cell(decidedBy ?? ''),
    waitMs === undefined ? '' : duration(waitMs),
  ]
}

/** Returns the lines below them: how many, how decided, and how long they took. */
export function approvalTotalLines(approvals: readonly Approval[]): string[] {
  const totals = approvalTotals(approvals)
  const { count, open } = totals
  const parts = outcomeCounts(approvals).map(([outcome, times]) => `${times} ${cell(outcome)}`)
  if (open > 0) parts.push(`${open} open`)
  const counted = count === 1 ? '1 approval' : `${count} approvals`
  const waited = waitedWords(totals)
  return [
    parts.length > 0 ? `${counted}: ${parts.join(', ')}` : counted,
    ...(waited === '' ? [] : [waited]),
  ]
}

// By outcome, because each agent has its own words for decisions.
function outcomeCounts(approvals: readonly Approval[]): [outcome: string, times: number][] {
  const counts = new Map<string, number>()
  for (const { outcome, open } of approvals) {
    if (open === undefined && outcome !== undefined)
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  return [...counts]
}

// The decision in the agent's own word, as in `--json`, in the colour of its meaning.
function decisionCell(approval: Approval): Cell {
  const { text, style } = answerWords(approval)
  const { decision, rule, open } = approval
  if (open !== undefined || decision === undefined) return { text, style }
  return { text: cell(rule === undefined ? decision : `${decision} (${rule})`), style }
}

function cell(text: string): string {
  return printable(cut(text, 1000))
}
