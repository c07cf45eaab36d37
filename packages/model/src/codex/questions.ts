import type { ApprovalAsked } from '../session/approvals.js'
import { decisionName } from './answers.js'
import { list, record, text, texts } from './values.js'

/** What a request by the app-server asks a person. */
export type Question = Pick<ApprovalAsked, 'kind' | 'what' | 'offered'>

type Params = Record<string, unknown>

/** Returns what a request asks; undefined if it does not ask a person (Codex 0.169). */
export function questionOf(method: string, params: Params): Question | undefined {
  return Object.hasOwn(QUESTIONS, method) ? QUESTIONS[method]?.(params) : undefined
}

const QUESTIONS: Record<string, (params: Params) => Question> = {
  'item/commandExecution/requestApproval': command,
  'item/fileChange/requestApproval': fileChange,
  'item/permissions/requestApproval': permissions,
  'mcpServer/elicitation/request': elicitation,
  'item/tool/requestUserInput': userInput,
  // From before Codex's threads had items; deprecated in 0.169, but still in its schema.
  execCommandApproval: (params) => ({
    kind: 'command',
    what: texts(list(params.command)).join(' '),
    offered: [],
  }),
  applyPatchApproval: (params) => ({
    kind: 'file-change',
    what: text(params.grantRoot) ?? Object.keys(record(params.fileChanges)).join(', '),
    offered: [],
  }),
}

function command(params: Params): Question {
  const { host, protocol } = record(params.networkApprovalContext)
  const network = text(host) && `${text(protocol) ?? 'network'}://${text(host)}`
  return {
    kind: 'command',
    what: network ?? text(params.command) ?? '',
    offered: list(params.availableDecisions).flatMap((one) => decisionName(one) ?? []),
  }
}

// The item itself lists the files; the question does not.
function fileChange(params: Params): Question {
  return {
    kind: 'file-change',
    what: text(params.grantRoot) ?? '',
    offered: ['accept', 'acceptForSession', 'decline', 'cancel'],
  }
}

function permissions(params: Params): Question {
  return { kind: 'permissions', what: JSON.stringify(params.permissions ?? {}), offered: [] }
}

function elicitation(params: Params): Question {
  const words = [params.title, params.message, params.url].flatMap((one) => text(one) ?? [])
  return {
    kind: 'mcp-elicitation',
    what: `${text(params.serverName) ?? ''}: ${words.join(' ')}`,
    offered: ['accept', 'decline', 'cancel'],
  }
}

function userInput(params: Params): Question {
  return { kind: 'user-input', ...userInputOf(params) }
}

/** Returns what the model asks the user, and the choices that it offers. */
export function userInputOf(params: Params): { what: string; offered: string[] } {
  const questions = list(params.questions).map(record)
  return {
    what: questions.flatMap(({ question }) => text(question) ?? []).join('\n'),
    offered: questions.flatMap(({ options }) =>
      texts(list(options).map((one) => record(one).label)),
    ),
  }
}
