import { argumentsOf } from '../codex/called-tool.js'
import { text } from '../codex/values.js'
import type { ToolFacts } from '../session/tools.js'

// More than a model can say in one answer. Of longer inputs the answer's reader keeps no JSON.
const INPUT_CHARACTERS = 1024 * 1024

/** Returns the members of a call's input from its JSON; none if it is too long. */
export function calledInput(json: string): Record<string, unknown> {
  return json.length > INPUT_CHARACTERS ? {} : argumentsOf(json)
}

/**
 * Returns what a call by the model says about its tool, from its name and the members of its input
 * (the tools of Claude Code 2.1.332).
 */
export function toolFacts(name: string, input: Record<string, unknown>): ToolFacts {
  const [server, tool] = mcpNames(name)
  if (tool !== undefined) return { name: `${server}.${tool}`, mcpServer: server }
  const file = text(input.file_path) ?? text(input.notebook_path)
  return {
    name,
    command: text(input.command),
    query: text(input.query) ?? text(input.pattern) ?? text(input.url),
    path: text(input.path) ?? (CHANGES.has(name) ? undefined : file),
    files: file !== undefined && CHANGES.has(name) ? [file] : undefined,
  }
}

/** Returns whether a tool changes files. */
export function changesFiles(name: string): boolean {
  return CHANGES.has(name)
}

const CHANGES = new Set(['Write', 'Edit', 'MultiEdit', 'NotebookEdit'])

/** Returns server and tool of `mcp__server__tool`, Claude Code's name for MCP tools. */
export function mcpNames(name: string): [server: string, tool: string | undefined] {
  const [, server = '', tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? []
  return [server, tool]
}
