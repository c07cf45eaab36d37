import type { ToolStart } from '@tacho/recorder'
import { pick } from './json-members.js'
import type { Threads } from './threads.js'
import { list, number, record, text, texts } from './values.js'

/** The tools that Codex runs: those of its items that do something (Codex 0.169). */
export class Items {
  readonly #threads: Threads
  /** The files of changes that are not done yet, under the item's id: questions name only that. */
  readonly #files = new Map<string, string[]>()

  constructor(threads: Threads) {
    this.#threads = threads
  }

  started(line: Uint8Array, at: number): void {
    const item = readItem(line)
    if (item === undefined) return
    const files = filesOf(item)
    if (files !== undefined) this.#files.set(item.id, files)
    const { session, conversation } = this.#place(line)
    session.tools.start({
      callId: item.id,
      name: toolName(item),
      conversation,
      at,
      attributes: defined({
        'tacho.tool.command': text(item.command),
        'tacho.tool.cwd': text(item.cwd),
        'tacho.tool.query': text(item.query),
        'tacho.tool.path': text(item.path),
        'tacho.tool.files': files,
        'tacho.tool.mcp_server': text(item.server),
      }),
    })
  }

  completed(line: Uint8Array, at: number): void {
    const item = readItem(line)
    if (item === undefined) return
    this.#files.delete(item.id)
    const { session, conversation } = this.#place(line)
    session.toolEnded(
      item.id,
      conversation,
      at,
      defined({
        'tacho.tool.status': text(item.status),
        'tacho.tool.exit_code': number(item.exitCode),
        'tacho.tool.duration_ms': number(item.durationMs),
        'tacho.tool.error': text(record(item.error).message),
      }),
    )
  }

  /** The files that an item wants to change. */
  filesOf(itemId: string | undefined): string[] | undefined {
    return itemId === undefined ? undefined : this.#files.get(itemId)
  }

  #place(line: Uint8Array) {
    const { threadId, turnId } = pick(line, ['params'], ['threadId', 'turnId'])
    return this.#threads.place(threadId, turnId)
  }
}

type Attributes = NonNullable<ToolStart['attributes']>
type Item = Record<string, unknown> & { id: string; type: string }

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

// Never what a tool was given or gave, but for the words that name what it does.
const MEMBERS = [
  ...['command', 'cwd', 'changes', 'server', 'tool', 'query', 'path'],
  ...['status', 'exitCode', 'durationMs', 'error'],
]

function readItem(line: Uint8Array): Item | undefined {
  // The two stand first; most items are no tools, and the longest of those are not looked through.
  const { type, id } = pick(line, ['params', 'item'], ['type', 'id'])
  if (typeof type !== 'string' || typeof id !== 'string' || !TOOLS.has(type)) return undefined
  return { ...pick(line, ['params', 'item'], MEMBERS), type, id }
}

/** As the model calls it where Codex tells that, else Codex's own name for such an item. */
function toolName({ type, tool, server }: Item): string {
  const name = text(tool)
  if (name === undefined) return type
  return type === 'mcpToolCall' ? texts([server, name]).join('.') : name
}

function filesOf({ type, changes }: Item): string[] | undefined {
  if (type !== 'fileChange') return undefined
  return texts(list(changes).map((change) => record(change).path))
}

function defined(attributes: Record<string, Attributes[string]>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
