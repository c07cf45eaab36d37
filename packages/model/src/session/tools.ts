import { encodeAttributes, spanName, withAttributes } from '@tacho/format'
import { type Conversation, conversationKey } from '../conversation.js'
import type { ToolOutcome } from '../parts/tool.js'
import type { SpanBook } from '../spans/span-book.js'
import type { Places } from './places.js'
import type { Turns } from './turns.js'

/** What is known about a tool call; each tap knows some of it. */
export type ToolFacts = {
  /** As the model calls it; `<server>.<tool>` for MCP. */
  name?: string | undefined
  command?: string | undefined
  cwd?: string | undefined
  files?: readonly string[] | undefined
  query?: string | undefined
  path?: string | undefined
  mcpServer?: string | undefined
}

/** How a tool ended. */
export type ToolEnd = {
  /** How it ended, whatever the agent's word for it; absent if unknown. */
  outcome?: ToolOutcome | undefined
  /** In the agent's words: `completed`, `failed`, `declined`, `interrupted`. */
  status?: string | undefined
  exitCode?: number | undefined
  durationMs?: number | undefined
  error?: string | undefined
}

type Tool = { spanId: string; conversation: Conversation; isOver: boolean }

/**
 * The tools that an agent runs, by call id: one `execute_tool` span each. What the taps say about a
 * call adds up.
 */
export class Tools {
  readonly #spans: SpanBook
  readonly #places: Places
  readonly #turns: Turns
  readonly #facts = new Map<string, ToolFacts>()
  readonly #tools = new Map<string, Tool>()

  constructor(options: { spans: SpanBook; places: Places; turns: Turns }) {
    this.#spans = options.spans
    this.#places = options.places
    this.#turns = options.turns
  }

  /**
   * Adds facts about a call, which need not have started. Known facts stay, except that what the
   * model itself says replaces what others made of it, whichever came first.
   */
  learn(callId: string, facts: ToolFacts, by: 'model' | 'agent' = 'agent'): void {
    const before = this.#facts.get(callId) ?? {}
    const now = by === 'model' ? together(facts, before) : together(before, facts)
    this.#facts.set(callId, now)
    const tool = this.#tools.get(callId)
    if (tool === undefined) return
    const fresh = news(before, now)
    if (fresh === undefined) return
    this.#spans.set(tool.spanId, encodeAttributes('execute_tool', fresh))
    if (now.name !== before.name) this.#spans.rename(tool.spanId, nameOf(now))
  }

  factsOf(callId: string | undefined): ToolFacts {
    return (callId !== undefined && this.#facts.get(callId)) || {}
  }

  /** @param within the call of the tool that runs this one, if any. */
  start(
    callId: string,
    conversation: Conversation,
    at: number,
    facts: ToolFacts = {},
    within?: string,
  ): void {
    this.learn(callId, facts)
    if (this.#tools.has(callId)) return
    const tool = { spanId: this.#spans.idOf('tool', callId), conversation, isOver: false }
    this.#tools.set(callId, tool)
    const all = this.factsOf(callId)
    const turn = this.#turns.within(conversation, at)
    this.#spans.start({
      spanId: tool.spanId,
      parentSpanId: this.spanOf(within) ?? turn,
      name: nameOf(all),
      at,
      attributes: withAttributes(
        encodeAttributes('execute_tool', { operation: 'execute_tool', callId, ...all }),
        this.#places.attributes(conversation),
      ),
    })
  }

  end(callId: string, at: number, end: ToolEnd = {}): void {
    const tool = this.#tools.get(callId)
    if (tool === undefined || tool.isOver) return
    tool.isOver = true
    this.#turns.recordActivity(tool.conversation.turnId, at)
    this.#spans.end(tool.spanId, at, encodeAttributes('execute_tool', end))
  }

  hasStarted(callId: string): boolean {
    return this.#tools.has(callId)
  }

  isRunning(callId: string): boolean {
    return this.#tools.get(callId)?.isOver === false
  }

  /** Returns the span of a running tool. */
  spanOf(callId: string | undefined): string | undefined {
    const tool = callId === undefined ? undefined : this.#tools.get(callId)
    return tool?.isOver === false ? tool.spanId : undefined
  }

  /** Returns the running calls of a turn. */
  runningIn(conversation: Conversation): string[] {
    const key = conversationKey(conversation)
    return [...this.#tools]
      .filter(([, tool]) => !tool.isOver && conversationKey(tool.conversation) === key)
      .map(([callId]) => callId)
  }

  /** Ends the run, and with it what was running. */
  endAll(at: number): void {
    for (const callId of this.#tools.keys()) this.end(callId, at)
  }
}

function nameOf({ name = 'tool' }: ToolFacts): string {
  return spanName('execute_tool', name)
}

/** Returns the facts that were not known before. */
function news(before: ToolFacts, now: ToolFacts): ToolFacts | undefined {
  let fresh: Record<string, unknown> | undefined
  for (const name of TOOL_FACTS) {
    if (isSame(now[name], before[name])) continue
    fresh ??= {}
    fresh[name] = now[name]
  }
  return fresh
}

function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((part, index) => part === other[index])
}

/** Merges both; where both state a fact, the first wins. */
function together(first: ToolFacts, other: ToolFacts): ToolFacts {
  const all: Record<string, unknown> = {}
  for (const name of TOOL_FACTS) {
    const value = first[name] ?? other[name]
    if (value !== undefined) all[name] = value
  }
  return all
}

const TOOL_FACTS: readonly (keyof ToolFacts)[] = [
  'name',
  'command',
  'cwd',
  'files',
  'query',
  'path',
  'mcpServer',
]
