import type { ApprovalOutcome } from '../parts/approval.js'
import type { ThreadKind, TurnOutcome } from '../parts/thread.js'
import type { ToolOutcome } from '../parts/tool.js'
import { record, text } from './values.js'

/**
 * Returns how a question was settled, from Codex's word (0.169). Older sessions have only the word
 * and no outcome; all of them are Codex's.
 *
 * @param rule what the answer makes a rule of, as JSON: some words only say that it makes one.
 */
export function approvalOutcomeOf(decision: string | undefined, rule?: string): ApprovalOutcome {
  if (decision === 'applyNetworkPolicyAmendment') return networkOutcome(rule)
  return found(APPROVALS, decision) ?? 'unknown'
}

/** Returns how a tool's run ended, from the word of Codex (0.169) or of the API that ran it. */
export function toolOutcomeOf(status: string | undefined): ToolOutcome | undefined {
  return status === undefined ? undefined : (found(TOOLS, status) ?? 'unknown')
}

/** Returns how a turn ended, from Codex's word for it (0.169). */
export function turnOutcomeOf(status: string | undefined): TurnOutcome | undefined {
  return status === undefined ? undefined : (found(TURNS, status) ?? 'unknown')
}

/** Returns what a thread is for, from Codex's word for it (0.169); without one it is the user's. */
export function threadKindOf(source: string | undefined): ThreadKind {
  if (source === undefined) return 'user'
  const [word = '', kind] = source.split(':')
  return found(THREADS, kind) ?? found(THREADS, word) ?? 'other'
}

/**
 * Returns whether a request shortens a conversation; `manual`: its user asked for that, as a turn.
 */
export function compactionOf(requestKind: string | undefined): 'auto' | 'manual' | undefined {
  const [kind, trigger] = requestKind?.split(':') ?? []
  if (kind !== 'compaction') return undefined
  return trigger === 'manual' ? 'manual' : 'auto'
}

const APPROVALS: Record<string, ApprovalOutcome> = {
  accept: 'allowed',
  approved: 'allowed',
  acceptForSession: 'allowed-for-session',
  acceptWithExecpolicyAmendment: 'allowed-with-rule',
  decline: 'denied',
  denied: 'denied',
  cancel: 'cancelled',
  withdrawn: 'withdrawn',
  aborted: 'withdrawn',
  timedOut: 'timed-out',
  timed_out: 'timed-out',
  error: 'failed',
  answered: 'answered',
  unanswered: 'unanswered',
}

const TOOLS: Record<string, ToolOutcome> = {
  completed: 'completed',
  failed: 'failed',
  incomplete: 'failed',
  declined: 'declined',
  interrupted: 'cancelled',
}

const TURNS: Record<string, TurnOutcome> = {
  completed: 'completed',
  failed: 'failed',
  interrupted: 'cancelled',
  // Said by a program through the API.
  cancelled: 'cancelled',
}

const THREADS: Record<string, ThreadKind> = {
  user: 'user',
  thread_title: 'title',
  title: 'title',
  subagent: 'sub-agent',
  review: 'review',
  guardian: 'review',
  guardian_review: 'review',
  compact: 'compaction',
  compaction: 'compaction',
  memory_consolidation: 'memory',
}

// Both have the same word: `{"host": …, "action": "allow"}`, or "deny".
function networkOutcome(rule: string | undefined): ApprovalOutcome {
  let action: string | undefined
  try {
    action = text(record(JSON.parse(rule ?? '')).action)
  } catch {
    return 'unknown'
  }
  if (action === 'allow') return 'allowed-with-rule'
  return action === 'deny' ? 'denied' : 'unknown'
}

function found<Value>(words: Record<string, Value>, word: string | undefined): Value | undefined {
  return word !== undefined && Object.hasOwn(words, word) ? words[word] : undefined
}
