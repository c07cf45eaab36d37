import type { Attributes } from '@opentelemetry/api'
import type { Conversation } from '../exchange/request-head.js'
import { ATTRIBUTE_CHARACTERS } from '../limits.js'
import { OpenSpans, type SpanSource } from './open-spans.js'

/** A tool that the agent runs. */
export type ToolStart = {
  /** The agent's id of the call. */
  callId: string
  name: string
  conversation: Conversation
  at: number
  attributes?: Attributes
}

export type ToolsOptions = SpanSource & { scrub: (text: string) => string }

/** The `execute_tool` spans of a session (GenAI conventions: `execute_tool {name}`). */
export class Tools {
  readonly #options: ToolsOptions
  readonly #open: OpenSpans
  readonly #conversations = new Map<string, Conversation>()
  readonly #ended = new Set<string>()

  constructor(options: ToolsOptions) {
    this.#options = options
    this.#open = new OpenSpans(options.startSpan)
  }

  start({ callId, name, conversation, at, attributes = {} }: ToolStart): void {
    if (this.#ended.has(callId)) return
    const { parentFor, attributesFor } = this.#options
    this.#conversations.set(callId, conversation)
    this.#open.start(callId, {
      name: `execute_tool ${this.#text(name)}`,
      parentSpanId: parentFor(conversation),
      at,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': this.#text(name),
        'gen_ai.tool.call.id': this.#text(callId),
        ...this.#scrubbed(attributes),
        ...attributesFor(conversation),
      },
    })
  }

  end(callId: string, at: number, attributes: Attributes = {}): void {
    if (!this.#open.end(callId, at, this.#scrubbed(attributes))) return
    this.#ended.add(callId)
    this.#conversations.delete(callId)
  }

  /** The calls of a turn that are running. */
  runningIn({ threadId, turnId }: Conversation): string[] {
    return this.#open.keys().filter((callId) => {
      const conversation = this.#conversations.get(callId)
      return conversation?.threadId === threadId && conversation?.turnId === turnId
    })
  }

  /** The run is over, and with it what was running. */
  endAll(at: number): void {
    for (const callId of this.#open.keys()) this.#open.end(callId, at)
  }

  /** The span id of a tool that is running. */
  spanIdOf(callId: string | undefined): string | undefined {
    return callId === undefined ? undefined : this.#open.spanIdOf(callId)
  }

  #scrubbed(attributes: Attributes): Attributes {
    const text = (value: unknown) => (typeof value === 'string' ? this.#text(value) : value)
    return Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        (Array.isArray(value) ? value.map(text) : text(value)) as typeof value,
      ]),
    )
  }

  #text(text: string): string {
    return this.#options.scrub(text).slice(0, ATTRIBUTE_CHARACTERS)
  }
}
