import { cut } from '@tacho/format'
import type { Approval, ApprovalOutcome, ApprovalTotals, LeftOpen } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { printable } from '../printable.js'
import { duration } from '../quantities.js'
import type { Style } from '../style.js'

/** Describes an approval: `approval command "rm -rf x": allowed by the user after 12.3s`. */
export function approvalWords(approval: Approval): { text: string; style: Style } {
  const { waitMs } = approval
  const asked = [`approval ${shown(approval.kind)}`, quoted(whatWords(approval))].join(' ').trim()
  const { text, style } = answerWords(approval)
  const waited = waitMs === undefined ? '' : ` after ${duration(waitMs)}`
  return { text: `${asked}: ${text}${waited}`, style }
}

/** Returns what was asked for, or the files to be changed. */
export function whatWords({ what, files = [] }: Approval): string {
  return what || files.join(', ')
}

/** Describes how it was decided, and by whom: `denied by the user`. */
export function answerWords(approval: Approval): { text: string; style: Style } {
  const { open, outcome = 'unknown', decision, decidedBy } = approval
  if (open !== undefined) return OPEN[open]
  const by = decidedBy === undefined ? '' : ` by ${BY.get(decidedBy) ?? shown(decidedBy)}`
  const { text, style } = OUTCOMES[outcome]
  // An unknown word says more than "unknown".
  if (outcome !== 'unknown') return { text: `${text}${by}`, style }
  return { text: decision === undefined ? text : `${shown(decision)}${by}`, style }
}

/** Describes how long approvals took in total; empty if none of the times is known. */
export function waitedWords({ count, waitedMs, longestMs }: ApprovalTotals): string {
  if (waitedMs === undefined || longestMs === undefined) return ''
  const waited = `waited ${duration(waitedMs)}`
  return count === 1 ? waited : `${waited} in all, ${duration(longestMs)} at the longest`
}

const OPEN: Record<LeftOpen, { text: string; style: Style }> = {
  running: { text: 'open', style: 'busy' },
  died: { text: 'open when the session died', style: 'bad' },
  ended: { text: 'never answered', style: 'warning' },
}

const OUTCOMES: Record<ApprovalOutcome, { text: string; style: Style }> = {
  allowed: { text: 'allowed', style: 'good' },
  'allowed-for-session': { text: 'allowed for the session', style: 'good' },
  'allowed-with-rule': { text: 'allowed with a rule', style: 'good' },
  denied: { text: 'denied', style: 'warning' },
  cancelled: { text: 'cancelled', style: 'warning' },
  withdrawn: { text: 'withdrawn', style: 'warning' },
  'timed-out': { text: 'given up', style: 'warning' },
  failed: { text: 'answered with an error', style: 'bad' },
  answered: { text: 'answered', style: 'good' },
  unanswered: { text: 'answered with nothing', style: 'warning' },
  unknown: { text: 'no decision is recorded', style: 'warning' },
}

const BY = new Map([
  ['user', 'the user'],
  ['rule', 'a rule'],
  ['reviewer', 'the reviewer'],
  ['timeout', 'a timeout'],
  ['host', 'the host'],
])

/** Shortens a recorded word, which may have any length. */
function shown(word: string): string {
  return cutTo(printable(cut(word, 80)), 40)
}

function quoted(what: string): string {
  return what === '' ? '' : `"${cutTo(printable(cut(what, 400)), 80)}"`
}
