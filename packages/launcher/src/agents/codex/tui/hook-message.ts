import { resolve } from 'node:path'
import { isUuid } from '@tacho/format'
import type { ApprovalKind } from '@tacho/recorder'
import { record, text } from '../app-server/values.js'

/** What Codex tells a hook (Codex 0.169), as far as it is of use here. */
export type HookMessage = {
  event: string
  sessionId: string
  /** Of a subagent. */
  agentId: string | undefined
  turnId: string
  cwd: string | undefined
  tool: HookTool | undefined
}

/** A call of the model's, as the hooks tell it. */
export type HookTool = {
  /** As the hooks call it: `Bash`, `apply_patch`, `mcp__server__tool`. */
  name: string
  input: Record<string, unknown>
  /** A question does not tell the call that it is about. */
  callId: string | undefined
  /** What the model is told, where it has run and that is text. */
  output: string
}

/** Nothing where the message is of no turn. */
export function hookMessageOf(json: Record<string, unknown>): HookMessage | undefined {
  const [event, sessionId] = [text(json.hook_event_name), text(json.session_id)]
  const turnId = text(json.turn_id)
  if (event === undefined || sessionId === undefined || turnId === undefined) return undefined
  if (!isUuid(sessionId)) return undefined
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

/** What of a question is recorded. */
export type HookQuestion = {
  kind: ApprovalKind
  what: string
  /** The choices, which hooks tell of the model's own questions only. */
  offered?: string[]
  reason?: string | undefined
  files?: string[] | undefined
}

/** What is asked before a call. */
export function questionOf({ name, input }: HookTool, cwd = '/'): HookQuestion {
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

/** The name of a call in Codex's other words, and what of it is told without what is in it. */
export function toolFacts({ name, input }: HookTool, cwd = '/') {
  const command = text(input.command)
  if (name === 'Bash') {
    return {
      name: 'exec_command',
      attributes: command === undefined ? {} : { 'tacho.tool.command': command },
    }
  }
  if (name === 'apply_patch')
    return { name, attributes: { 'tacho.tool.files': filesOf(command ?? '', cwd) } }
  const [server, tool] = mcpNames(name)
  return tool === undefined
    ? { name, attributes: {} }
    : { name: tool, attributes: { 'tacho.tool.mcp_server': server } }
}

/** Whether a call is the one that a question is about; a patch may stand in a command. */
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

/** What question and call have in common: a question says why as well. */
function words({ name, input }: HookTool): unknown {
  return name === 'Bash' ? input.command : input
}

// `mcp__server__tool`, as Codex names such tools for its hooks.
function mcpNames(name: string): [server: string, tool: string | undefined] {
  const [, server = '', tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? []
  return [server, tool]
}

// Codex's patches: a line names each file.
function filesOf(patch: string, cwd: string): string[] {
  const lines = patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm)
  return [...lines].map(([, path = '']) => resolve(cwd, path.trim()))
}
