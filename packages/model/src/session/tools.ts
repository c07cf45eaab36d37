import { type Attributes, known } from '../attributes.js'
import { type Conversation, conversationKey } from '../conversation.js'
import type { SpanBook } from '../spans/span-book.js'
import type { Places } from './places.js'
import type { Turns } from './turns.js'

/** What is known of a call of a tool; each tap tells some of it. */
export type ToolFacts = {
  /** As the model calls it; `<server>.<tool>` of MCP. */
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
  /** As the agent calls it: `completed`, `failed`, `declined`, `interrupted`. */
  status?: string | undefined
  exitCode?: number | undefined
  durationMs?: number | undefined
  error?: string | undefined
}

type Tool = { spanId: string; conversation: Conversation; isOver: boolean }

/**
 * The tools that an agent runs, by the id of the call: one `execute_tool` span each. What one tap
 * tells of a call completes what another has told.
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

  /** What is known of a call; it may not have begun. What is known already, stays. */
  learn(callId: string, facts: ToolFacts): void {
    const before = this.#facts.get(callId) ?? {}
    const now = { ...defined(facts), ...before }
    this.#facts.set(callId, now)
    const tool = this.#tools.get(callId)
    if (tool !== undefined) this.#spans.set(tool.spanId, news(before, now))
  }

  factsOf(callId: string | undefined): ToolFacts {
    return (callId !== undefined && this.#facts.get(callId)) || {}
  }

  start(callId: string, conversation: Conversation, at: number, facts: ToolFacts = {}): void {
    this.learn(callId, facts)
    if (this.#tools.has(callId)) return
    const tool = { spanId: this.#spans.idOf('tool', callId), conversation, isOver: false }
    this.#tools.set(callId, tool)
    const all = this.factsOf(callId)
    this.#spans.start({
      spanId: tool.spanId,
      parentSpanId: this.#turns.within(conversation, at),
      name: known({ name: `execute_tool ${all.name ?? 'tool'}` }).name as string,
      at,
      attributes: {
        ...known({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.call.id': callId }),
        ...attributesOf(all),
        ...this.#places.attributes(conversation),
      },
    })
  }

  end(callId: string, at: number, end: ToolEnd = {}): void {
    const tool = this.#tools.get(callId)
    if (tool === undefined || tool.isOver) return
    tool.isOver = true
    this.#turns.recordActivity(tool.conversation.turnId, at)
    this.#spans.end(tool.spanId, at, endAttributes(end))
  }

  hasStarted(callId: string): boolean {
    return this.#tools.has(callId)
  }

  isRunning(callId: string): boolean {
    return this.#tools.get(callId)?.isOver === false
  }

  /** The span of a tool that is running. */
  spanOf(callId: string | undefined): string | undefined {
    const tool = callId === undefined ? undefined : this.#tools.get(callId)
    return tool?.isOver === false ? tool.spanId : undefined
  }

  /** The calls of a turn that are running. */
  runningIn(conversation: Conversation): string[] {
    const key = conversationKey(conversation)
    return [...this.#tools]
      .filter(([, tool]) => !tool.isOver && conversationKey(tool.conversation) === key)
      .map(([callId]) => callId)
  }

  /** The run is over, and with it what was running. */
  endAll(at: number): void {
    for (const callId of this.#tools.keys()) this.end(callId, at)
  }
}

function news(before: ToolFacts, now: ToolFacts): Attributes {
  const [old, all] = [attributesOf(before), attributesOf(now)]
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in old)))
}

function attributesOf(facts: ToolFacts): Attributes {
  return known({
    'gen_ai.tool.name': facts.name,
    'tacho.tool.command': facts.command,
    'tacho.tool.cwd': facts.cwd,
    'tacho.tool.query': facts.query,
    'tacho.tool.path': facts.path,
    'tacho.tool.files': facts.files,
    'tacho.tool.mcp_server': facts.mcpServer,
  })
}

function endAttributes({ status, exitCode, durationMs, error }: ToolEnd): Attributes {
  return known({
    'tacho.tool.status': status,
    'tacho.tool.exit_code': exitCode,
    'tacho.tool.duration_ms': durationMs,
    'tacho.tool.error': error,
  })
}

function defined(facts: ToolFacts): ToolFacts {
  const all: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) all[name] = value
  return all
}
