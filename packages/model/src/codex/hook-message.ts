import type { ApprovalAsked } from '../session/approvals.js'
import type { ToolFacts } from '../session/tools.js'
import { patchedFiles } from './patch.js'
import { record, text } from './values.js'

/** What Codex (0.169) tells a hook, limited to what is used here. */
export type HookMessage = {
  event: string
  sessionId: string
  /** Set for a subagent. */
  agentId: string | undefined
  turnId: string
  cwd: string | undefined
  tool: HookTool | undefined
}

/** A call by the model, as hooks report it. */
export type HookTool = {
  /** As the hooks name it: `Bash`, `apply_patch`, `mcp__server__tool`. */
  name: string
  input: Record<string, unknown>
  /** Absent for a question, which does not say which call it is about. */
  callId: string | undefined
  /** What the model is told, if the tool has run and that is text. */
  output: string
}

/** Returns undefined if the message belongs to no turn. */
export function hookMessageOf(json: Record<string, unknown>): HookMessage | undefined {
  const [event, sessionId] = [text(json.hook_event_name), text(json.session_id)]
  const turnId = text(json.turn_id)
  if (event === undefined || sessionId === undefined || turnId === undefined) return undefined
  const name = text(json.tool_name)
  return {
    event,
    sessionId,
    turnId,
    agentId: text(json.agent_id),
    cwd: text(json.cwd),
    tool: name === undefined ? undefined : toolOf(name, json),
  }
}

function toolOf(name: string, json: Record<string, unknown>): HookTool {
  return {
    name,
    input: record(json.tool_input),
    callId: text(json.tool_use_id),
    output: text(json.tool_response) ?? '',
  }
}

/** What is recorded of a question. */
export type HookQuestion = Pick<ApprovalAsked, 'kind' | 'what' | 'offered' | 'reason' | 'files'>

/** Returns what is asked before a call. */
export function hookQuestionOf({ name, input }: HookTool, cwd = '/'): HookQuestion {
  const command = text(input.command) ?? ''
  if (name === 'Bash') return { kind: 'command', what: command, reason: text(input.description) }
  if (name === 'apply_patch') {
    const files = filesOf(command, cwd)
    return { kind: 'file-change', what: files.join(', '), files }
  }
  const [server, tool] = mcpNames(name)
  if (tool !== undefined) return { kind: 'mcp-elicitation', what: `${server}: ${tool}` }
  return { kind: 'permissions', what: JSON.stringify(input), reason: text(input.reason) }
}

/** Returns the name of a call in the model's words, and its facts without its contents. */
export function hookToolFacts({ name, input }: HookTool, cwd = '/'): ToolFacts {
  const command = text(input.command)
  if (name === 'Bash') return { name: 'exec_command', command }
  if (name === 'apply_patch') return { name, files: filesOf(command ?? '', cwd) }
  const [server, tool] = mcpNames(name)
  return tool === undefined ? { name } : { name: `${server}.${tool}`, mcpServer: server }
}

/** Returns whether a question is about this call; a patch may be part of a command. */
export function isAbout(question: HookTool, call: HookTool): boolean {
  if (question.name === call.name)
    return JSON.stringify(words(question)) === JSON.stringify(words(call))
  const [patch, command] = [text(question.input.command), text(call.input.command)]
  return (
    question.name === 'apply_patch' &&
    call.name === 'Bash' &&
    patch !== undefined &&
    command?.includes(patch) === true
  )
}

/** Returns what a question and its call have in common: a question also says why. */
function words({ name, input }: HookTool): unknown {
  return name === 'Bash' ? input.command : input
}

// `mcp__server__tool`, as Codex names MCP tools in its hooks.
function mcpNames(name: string): [server: string, tool: string | undefined] {
  const [, server = '', tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? []
  return [server, tool]
}

function filesOf(patch: string, cwd: string): string[] {
  return patchedFiles(patch).map((path) => (path.startsWith('/') ? path : `${cwd}/${path}`))
}
