import type { ToolCalled } from '../observation.js'
import type { ToolFacts } from '../session/tools.js'
import { patchedFiles } from './patch.js'
import { list, record, text } from './values.js'

// Arguments are JSON of the model's; longer ones hold contents, not commands.
const INPUT_CHARACTERS = 64 * 1024

/**
 * What a call in a model's answer says of its tool, before that runs: `function_call`,
 * `custom_tool_call` and `local_shell_call` items, and those of tools that the API runs itself.
 */
export function calledFacts({ name, namespace, input }: ToolCalled): ToolFacts {
  const server = mcpServerOf(namespace)
  const isMcp = server !== undefined
  const facts = { name: isMcp ? `${server}.${name}` : name, mcpServer: server }
  if (input.length > INPUT_CHARACTERS) return facts
  if (name === 'apply_patch') {
    const patch = text(argumentsOf(input).input) ?? text(argumentsOf(input).patch) ?? input
    return { ...facts, files: patchedFiles(patch) }
  }
  const told = inputFacts(input)
  if (isMcp) told.command = undefined
  return Object.assign(told, facts)
}

/** What the arguments of a call say of its tool. */
export function inputFacts(input: string): ToolFacts {
  const { cmd, command, query, path, workdir } = argumentsOf(input)
  return {
    command: commandLine(cmd ?? command),
    query: text(query),
    path: text(path),
    cwd: text(workdir),
  }
}

/** The server of an MCP tool, by the namespace that Codex puts it into: `mcp__<server>`. */
export function mcpServerOf(namespace: string | undefined): string | undefined {
  return /^mcp__(.+?)(?:__)?$/s.exec(namespace ?? '')?.[1]
}

/** A command line, or the words of one. */
export function commandLine(words: unknown): string | undefined {
  if (typeof words === 'string') return words
  const all = list(words)
  const isList = all.length > 0 && all.every((word) => typeof word === 'string')
  return isList ? all.join(' ') : undefined
}

/** The members of arguments in JSON; none where they are none. */
export function argumentsOf(json: string): Record<string, unknown> {
  // Most events have none, and an exception for each of these takes longer than all else of them.
  if (json === '') return {}
  try {
    return record(JSON.parse(json))
  } catch {
    return {}
  }
}
