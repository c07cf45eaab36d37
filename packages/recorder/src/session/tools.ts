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

/** The `execute_tool` spans of a session (GenAI conventions: `execute_tool {name}`). */
export class Tools {
  readonly #options: SpanSource
  readonly #open: OpenSpans
  readonly #ended = new Set<string>()

  constructor(options: SpanSource) {
    this.#options = options
    this.#open = new OpenSpans(options.startSpan)
  }

  start({ callId, name, conversation, at, attributes = {} }: ToolStart): void {
    if (this.#ended.has(callId)) return
    const { parentFor, attributesFor } = this.#options
    this.#open.start(callId, {
      name: `execute_tool ${name.slice(0, ATTRIBUTE_CHARACTERS)}`,
      parentSpanId: parentFor(conversation),
      at,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name.slice(0, ATTRIBUTE_CHARACTERS),
        'gen_ai.tool.call.id': callId.slice(0, ATTRIBUTE_CHARACTERS),
        ...attributes,
        ...attributesFor(conversation),
      },
    })
  }

  end(callId: string, at: number, attributes: Attributes = {}): void {
    if (this.#open.end(callId, at, attributes)) this.#ended.add(callId)
  }

  /** The run is over, and with it what was running. */
  endAll(at: number): void {
    for (const callId of this.#open.keys()) this.#open.end(callId, at)
  }

  /** The span id of a tool that is running. */
  spanIdOf(callId: string | undefined): string | undefined {
    return callId === undefined ? undefined : this.#open.spanIdOf(callId)
  }
}
