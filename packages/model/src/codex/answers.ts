import type { ApprovalAnswered, ApprovalKind } from '../session/approvals.js'
import { decisionWord } from './decisions.js'
import { list, record, text } from './values.js'
import { approvalOutcomeOf } from './words.js'

/** What a client answered. */
export type Answer = Pick<ApprovalAnswered, 'decidedBy' | 'outcome' | 'rule'> & {
  decision: string
  /** It also stops the turn. */
  stopsTurn?: boolean
}

/** Returns the decision in the client's answer to a question of that kind, in Codex's own word. */
export function answerOf(kind: ApprovalKind, message: Record<string, unknown>): Answer {
  // Not a person's decision: the client could not ask.
  if (message.error !== undefined)
    return { decision: 'error', outcome: 'failed', decidedBy: 'host' }
  const { decision, rule, stopsTurn = false } = ANSWERS[kind](record(message.result))
  const outcome = approvalOutcomeOf(decision, rule)
  return { decision, outcome, decidedBy: 'user', rule, stopsTurn }
}

/** Returns the name of a decision: some are objects, whose only member has that name. */
export function decisionName(decision: unknown): string | undefined {
  return text(decision) ?? Object.keys(record(decision))[0]
}

type Decided = Pick<Answer, 'decision' | 'rule' | 'stopsTurn'>
type Result = Record<string, unknown>

// For an answer that says nothing known: it is only reported that an answer came.
const UNREADABLE = 'unreadable'

const ANSWERS: Record<ApprovalKind, (result: Result) => Decided> = {
  tool: decided,
  command: decided,
  'file-change': decided,
  permissions: granted,
  'mcp-elicitation': ({ action }) => ({ decision: text(action) ?? UNREADABLE }),
  'user-input': ({ answers }) => ({ decision: hasAnswer(answers) ? 'answered' : 'unanswered' }),
}

function decided({ decision }: Result): Decided {
  const own = decisionName(decision)
  const name = own && decisionWord(own)
  const [amendment] = Object.values(record(record(decision)[own ?? '']))
  return {
    decision: name ?? UNREADABLE,
    stopsTurn: name === 'cancel',
    ...(amendment !== undefined && { rule: JSON.stringify(amendment) }),
  }
}

// Codex has no words for these: granting nothing means declining.
function granted({ permissions, scope }: Result): Decided {
  const grants = Object.values(record(permissions)).filter((one) => one !== null)
  if (grants.length === 0) return { decision: 'decline' }
  return {
    decision: scope === 'session' ? 'acceptForSession' : 'accept',
    rule: JSON.stringify(permissions),
  }
}

function hasAnswer(answers: unknown): boolean {
  return Object.values(record(answers)).some((one) => list(record(one).answers).length > 0)
}
