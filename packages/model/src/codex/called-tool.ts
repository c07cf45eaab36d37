import type { ToolCalled } from '../observation.js'
import type { ToolFacts } from '../session/tools.js'
import { patchedFiles } from './patch.js'
import { list, record, text } from './values.js'

// Arguments are the model's JSON; longer ones hold file contents, not commands.
const INPUT_CHARACTERS = 64 * 1024

/**
 * Returns what a call in a model's answer says about its tool before the tool runs: items
 * `function_call`, `custom_tool_call` and `local_shell_call`, and those of tools that the API runs
 * itself.
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

/** Returns what the arguments of a call say about its tool. */
export function inputFacts(input: string): ToolFacts {
  const { cmd, command, query, path, workdir } = argumentsOf(input)
  return {
    command: commandLine(cmd ?? command),
    query: text(query),
    path: text(path),
    cwd: text(workdir),
  }
}

/** Returns the server of an MCP tool, from the namespace that Codex gives it: `mcp__<server>`. */
export function mcpServerOf(namespace: string | undefined): string | undefined {
  return /^mcp__(.+?)(?:__)?$/s.exec(namespace ?? '')?.[1]
}

/** Returns a command line from a string or a list of words. */
export function commandLine(words: unknown): string | undefined {
  if (typeof words === 'string') return words
  const all = list(words)
  const isList = all.length > 0 && all.every((word) => typeof word === 'string')
  return isList ? all.join(' ') : undefined
}

/** Returns the members of arguments in JSON; none if it is not a JSON object. */
export function argumentsOf(json: string): Record<string, unknown> {
  // Most events have no arguments, and an exception for each would cost more than everything else.
  if (json === '') return {}
  try {
    return record(JSON.parse(json))
  } catch {
    return {}
  }
}
