import type { ToolEnd, ToolFacts } from '../session/tools.js'
import { list, number, record, text, texts } from './values.js'
import { toolOutcomeOf } from './words.js'

/** The kinds of Codex's items that are tools (Codex 0.169). */
const TOOLS = new Set([
  'commandExecution',
  'fileChange',
  'mcpToolCall',
  'dynamicToolCall',
  'collabAgentToolCall',
  'webSearch',
  'imageView',
  'imageGeneration',
  'sleep',
])

type Item = Record<string, unknown>

/** Returns whether an item is a tool that runs. */
export function isTool({ type, id }: Item): boolean {
  return typeof type === 'string' && typeof id === 'string' && TOOLS.has(type)
}

/** Returns what an item says about its tool. */
export function itemFacts(item: Item): ToolFacts {
  return {
    name: itemName(item),
    command: text(item.command),
    cwd: text(item.cwd),
    query: text(item.query),
    path: text(item.path),
    files:
      item.type === 'fileChange'
        ? texts(list(item.changes).map((change) => record(change).path))
        : undefined,
    mcpServer: text(item.server),
  }
}

/** Returns how an item ended. */
export function itemEnd(item: Item): ToolEnd {
  return {
    status: text(item.status),
    outcome: toolOutcomeOf(text(item.status)),
    exitCode: number(item.exitCode),
    durationMs: number(item.durationMs),
    error: text(record(item.error).message),
  }
}

/** Returns the model's name for the tool if Codex gives it, else Codex's own for such an item. */
function itemName({ type, tool, server }: Item): string {
  const name = text(tool)
  if (name === undefined) return text(type) ?? 'tool'
  return type === 'mcpToolCall' ? texts([server, name]).join('.') : name
}
