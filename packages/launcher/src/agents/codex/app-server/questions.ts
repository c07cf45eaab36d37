import type { ApprovalKind } from '@tacho/recorder'
import { pick } from './json-members.js'
import { list, record, text, texts } from './values.js'

/** A request of the app-server's that a person has to answer (Codex 0.169). */
export type Question = {
  kind: ApprovalKind
  threadId: unknown
  turnId: unknown
  /** The item that waits for the answer. */
  itemId: string | undefined
  what: string
  reason: string | undefined
  cwd: string | undefined
  offered: string[]
}

/** The members of its `params`. */
type Params = Record<string, unknown>
type Asked = Pick<Question, 'kind' | 'what' | 'offered'>

/** What a request asks; nothing where it asks no person. */
export function questionOf(method: string, line: Uint8Array): Question | undefined {
  if (!Object.hasOwn(QUESTIONS, method)) return undefined
  const params = pick(line, ['params'], PARAMS)
  const asked = QUESTIONS[method]?.(params)
  if (asked === undefined) return undefined
  return {
    ...asked,
    threadId: params.threadId,
    turnId: params.turnId,
    itemId: text(params.itemId),
    reason: text(params.reason),
    cwd: text(params.cwd),
  }
}

/** The name of a decision: some are objects with one member, whose name it is. */
export function decisionName(decision: unknown): string | undefined {
  return text(decision) ?? Object.keys(record(decision))[0]
}

const COMMON = ['threadId', 'turnId', 'itemId', 'reason', 'cwd']
const OF_COMMANDS = ['command', 'networkApprovalContext', 'availableDecisions']
const OF_OTHERS = ['grantRoot', 'permissions', 'serverName', 'message', 'title', 'url', 'questions']
const PARAMS = [...COMMON, ...OF_COMMANDS, ...OF_OTHERS]

const QUESTIONS: Record<string, (params: Params) => Asked> = {
  'item/commandExecution/requestApproval': command,
  'item/fileChange/requestApproval': fileChange,
  'item/permissions/requestApproval': permissions,
  'mcpServer/elicitation/request': elicitation,
  'item/tool/requestUserInput': userInput,
}

function command(params: Params): Asked {
  const { host, protocol } = record(params.networkApprovalContext)
  const network = text(host) && `${text(protocol) ?? 'network'}://${text(host)}`
  return {
    kind: 'command',
    what: network ?? text(params.command) ?? '',
    offered: list(params.availableDecisions).flatMap((one) => decisionName(one) ?? []),
  }
}

// The files are told with the item itself, not with the question.
function fileChange(params: Params): Asked {
  return {
    kind: 'file-change',
    what: text(params.grantRoot) ?? '',
    offered: ['accept', 'acceptForSession', 'decline', 'cancel'],
  }
}

function permissions(params: Params): Asked {
  return { kind: 'permissions', what: JSON.stringify(params.permissions ?? {}), offered: [] }
}

function elicitation(params: Params): Asked {
  const words = [params.title, params.message, params.url].flatMap((one) => text(one) ?? [])
  return {
    kind: 'mcp-elicitation',
    what: `${text(params.serverName) ?? ''}: ${words.join(' ')}`,
    offered: ['accept', 'decline', 'cancel'],
  }
}

function userInput(params: Params): Asked {
  const questions = list(params.questions).map(record)
  return {
    kind: 'user-input',
    what: questions.flatMap(({ question }) => text(question) ?? []).join('\n'),
    offered: questions.flatMap(({ options }) =>
      texts(list(options).map((one) => record(one).label)),
    ),
  }
}
