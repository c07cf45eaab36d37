import { list, number, record, text, texts } from '../codex/values.js'
import type { Conversation } from '../conversation.js'
import type { ApprovalAsked } from '../session/approvals.js'
import { changesFiles, mcpNames } from './called-tool.js'
import { placeOf } from './place.js'

/** What Claude Code (2.1.332) tells a hook, limited to what is used here. */
export type HookMessage = {
  event: string
  conversation: Conversation
  /** Set for a sub-agent. */
  agentType: string | undefined
  cwd: string | undefined
  tool: HookTool | undefined
  /** Set for a question of an MCP server and its answer. */
  elicitation: Elicitation | undefined
  durationMs: number | undefined
  error: string | undefined
  isInterrupt: boolean
}

/** A call by the model, as hooks report it. */
export type HookTool = {
  name: string
  input: Record<string, unknown>
  /** Absent for a question, which does not say which call it is about. */
  callId: string | undefined
}

/** Returns undefined if the message is not a hook's. */
export function hookMessageOf(json: Record<string, unknown>): HookMessage | undefined {
  const event = text(json.hook_event_name)
  if (event === undefined) return undefined
  const name = text(json.tool_name)
  const { session_id: sessionId, agent_id: agentId, prompt_id: promptId } = json
  return {
    event,
    conversation: placeOf({ sessionId, agentId, promptId }),
    agentType: text(json.agent_type),
    cwd: text(json.cwd),
    tool:
      name === undefined
        ? undefined
        : { name, input: record(json.tool_input), callId: text(json.tool_use_id) },
    elicitation: elicitationOf(json),
    durationMs: number(json.duration_ms),
    error: text(json.error),
    isInterrupt: json.is_interrupt === true,
  }
}

/** A question that an MCP server asks the user, or the answer to one. */
export type Elicitation = {
  server: string
  /** The words of the question; absent in an answer. */
  what: string | undefined
  /** `accept`, `decline`, `cancel`; absent in a question. */
  action: string | undefined
}

/** Returns undefined if the members are not those of such a question or answer. */
export function elicitationOf(json: Record<string, unknown>): Elicitation | undefined {
  const server = text(json.mcp_server_name)
  if (server === undefined) return undefined
  const words = texts([json.message, json.url])
  const what = words.length === 0 ? undefined : `${server}: ${words.join(' ')}`
  return { server, what, action: text(json.action) }
}

/** What is recorded of a question. */
export type ToolQuestion = Pick<ApprovalAsked, 'kind' | 'what' | 'offered' | 'reason' | 'files'>

/** The tool by which the model itself asks the user. */
export const USER_INPUT = 'AskUserQuestion'

/** Returns what is asked before a call. The choices in the dialog are not reported. */
export function questionOf({ name, input }: Pick<HookTool, 'name' | 'input'>): ToolQuestion {
  if (name === USER_INPUT) return userInputOf(input)
  const [server, tool] = mcpNames(name)
  if (tool !== undefined) return { kind: 'mcp-elicitation', what: `${server}: ${tool}` }
  const command = text(input.command)
  const reason = text(input.description)
  if (command !== undefined) return { kind: 'command', what: command, reason }
  const file = text(input.file_path) ?? text(input.notebook_path)
  if (file !== undefined && changesFiles(name))
    return { kind: 'file-change', what: file, files: [file] }
  const what = file ?? text(input.path) ?? text(input.url) ?? text(input.query)
  return { kind: 'permissions', what: what === undefined ? name : `${name} ${what}` }
}

function userInputOf(input: Record<string, unknown>): ToolQuestion {
  const questions = list(input.questions).map(record)
  return {
    kind: 'user-input',
    what: questions.flatMap(({ question }) => text(question) ?? []).join('\n'),
    offered: questions.flatMap(({ options }) =>
      texts(list(options).map((one) => record(one).label)),
    ),
  }
}
