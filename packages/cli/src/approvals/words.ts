import type { Approval, ApprovalTotals, LeftOpen } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { printable } from '../printable.js'
import { duration } from '../quantities.js'
import type { Style } from '../style.js'

/** An approval in a sentence: `approval command "rm -rf x": accepted by the user after 12.3s`. */
export function approvalWords(approval: Approval): { text: string; style: Style } {
  const { waitMs } = approval
  const asked = [`approval ${shown(approval.kind)}`, quoted(whatWords(approval))].join(' ').trim()
  const { text, style } = answerWords(approval)
  const waited = waitMs === undefined ? '' : ` after ${duration(waitMs)}`
  return { text: `${asked}: ${text}${waited}`, style }
}

/** What was asked for, or the files that were to be changed. */
export function whatWords({ what, files = [] }: Approval): string {
  return what || files.join(', ')
}

/** How it was decided, and by whom: `declined by the user`. */
export function answerWords(approval: Approval): { text: string; style: Style } {
  const { open, decision, decidedBy } = approval
  if (open !== undefined) return OPEN[open]
  if (decision === undefined) return { text: 'no decision is recorded', style: 'warning' }
  const decided = DECIDED.get(decision)
  const by = decidedBy === undefined ? '' : ` by ${BY.get(decidedBy) ?? shown(decidedBy)}`
  return {
    text: `${decided?.text ?? shown(decision)}${by}`,
    style: decided?.style ?? 'warning',
  }
}

/** How long approvals took together; nothing where that is not known of any. */
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

// The decisions of Codex's app-server and of its reviewer (0.169); others stand as they are.
const DECIDED = new Map<string, { text: string; style: Style }>([
  ['accept', { text: 'accepted', style: 'good' }],
  ['acceptForSession', { text: 'accepted for the session', style: 'good' }],
  ['acceptWithExecpolicyAmendment', { text: 'accepted with a rule', style: 'good' }],
  ['applyNetworkPolicyAmendment', { text: 'answered with a network rule', style: 'good' }],
  ['approved', { text: 'approved', style: 'good' }],
  ['answered', { text: 'answered', style: 'good' }],
  ['unanswered', { text: 'answered with nothing', style: 'warning' }],
  ['decline', { text: 'declined', style: 'warning' }],
  ['denied', { text: 'denied', style: 'warning' }],
  ['cancel', { text: 'cancelled', style: 'warning' }],
  ['withdrawn', { text: 'withdrawn', style: 'warning' }],
  ['aborted', { text: 'aborted', style: 'warning' }],
  ['timedOut', { text: 'given up', style: 'warning' }],
  ['error', { text: 'answered with an error', style: 'bad' }],
])

const BY = new Map([
  ['user', 'the user'],
  ['rule', 'a rule'],
  ['reviewer', 'the reviewer'],
  ['timeout', 'a timeout'],
  ['host', 'the host'],
])

/** A recorded word that was to be short. */
function shown(word: string): string {
  return cutTo(printable(word.slice(0, 80)), 40)
}

function quoted(what: string): string {
  return what === '' ? '' : `"${cutTo(printable(what.slice(0, 400)), 80)}"`
}
