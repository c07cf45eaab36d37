import { printout, prose } from './prose.js'
import type { Random } from './random.js'

/** A request, and how many of its bytes no earlier request of the session contained. */
export type Request = { body: Uint8Array; newBytes: number; threadId: string }

/** What all conversations of a session share. */
export type Session = {
  id: string
  instructions: string
  tools: string
  /** Every part that was already sent. */
  sent: Set<string>
}

/** A session whose first request has about 40 KB. */
export function newSession(random: Random): Session {
  const tools = Array.from({ length: 14 }, (_, index) => ({
    type: 'function',
    name: `tool_${index}`,
    description: prose(random, 600),
    strict: false,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 4 }, (_, number) => [
          `argument_${number}`,
          { type: 'string', description: prose(random, 60) },
        ]),
      ),
      required: ['argument_0'],
      additionalProperties: false,
    },
  }))
  return {
    id: random.uuid(),
    instructions: prose(random, 18_000),
    tools: JSON.stringify(tools),
    sent: new Set(),
  }
}

/**
 * One conversation, request by request, shaped like a coding agent's Responses requests: the whole
 * history every time, then the tools, then metadata that changes.
 */
export class Conversation {
  readonly #random: Random
  readonly #session: Session
  readonly #threadId: string
  readonly #turnBytes: number
  #turnId: string
  #turnStarted = 1_790_000_000_000
  #items: string[] = []
  #requests = 0

  /** @param turnBytes roughly how much a request grows. */
  constructor(random: Random, session: Session, turnBytes: number) {
    this.#random = random
    this.#session = session
    this.#threadId = random.uuid()
    this.#turnBytes = turnBytes
    this.#turnId = random.uuid()
    this.#items.push(message('developer', prose(random, 1500)), message('user', prose(random, 700)))
  }

  next(): Request {
    if (this.#requests > 0) this.#goOn()
    this.#requests += 1
    const parts = this.#parts()
    let newBytes = 0
    for (const part of parts.filter((one) => !this.#session.sent.has(one))) {
      newBytes += Buffer.byteLength(part)
      this.#session.sent.add(part)
    }
    return { body: Buffer.from(parts.join('')), newBytes, threadId: this.#threadId }
  }

  /** A summary and the user's messages replace the history. */
  compact(): void {
    const said = this.#items.filter((item) => item.includes('"role":"user"'))
    const summary = message('user', `What was done so far:\n${prose(this.#random, 4000)}`)
    this.#items = [...this.#items.slice(0, 1), ...said.slice(-20), summary]
  }

  #goOn(): void {
    const random = this.#random
    if (random.below(12) === 0) {
      this.#turnId = random.uuid()
      this.#turnStarted += 1000 + random.below(1_000_000)
      this.#items.push(
        message('assistant', prose(random, 400)),
        message('user', prose(random, 100 + random.below(800))),
      )
    }
    const callId = `call_${random.base64(24)}`
    const thought = 300 + random.below(this.#turnBytes / 2)
    const output = random.below(this.#turnBytes * 1.4)
    this.#items.push(
      JSON.stringify({
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: prose(random, 60) }],
        encrypted_content: random.base64(thought),
      }),
      JSON.stringify({
        type: 'function_call',
        name: 'exec_command',
        arguments: JSON.stringify({ cmd: printout(random, 50), workdir: '/home/ada/project' }),
        call_id: callId,
      }),
      JSON.stringify({
        type: 'function_call_output',
        call_id: callId,
        output: `Exit code: 0\nOutput:\n${printout(random, output)}`,
      }),
    )
  }

  /** The request, split into what is new once and what repeats from then on. */
  #parts(): string[] {
    const { instructions, tools } = this.#session
    const items = this.#items.map((item, index) => (index === 0 ? item : `,${item}`))
    return [
      `{"model":"gpt-5.1-codex","instructions":${JSON.stringify(instructions)},"stream":true,`,
      '"input":[',
      ...items,
      `],"tools":${tools},"tool_choice":"auto","parallel_tool_calls":true,`,
      '"reasoning":{"summary":"auto"},"store":false,"include":["reasoning.encrypted_content"],',
      '"prompt_cache_key":"',
      this.#threadId,
      '","client_metadata":{',
      ...this.#metadata(),
      '}}',
    ]
  }

  /** In a different order each time, as from a hash map. */
  #metadata(): string[] {
    const { id } = this.#session
    const left = [
      ['"turn_id":"', this.#turnId, '"'],
      ['"root_turn_id":"', this.#turnId, '"'],
      ['"session_id":"', id, '"'],
      ['"thread_id":"', this.#threadId, '"'],
      ['"x-codex-installation-id":"', id, '"'],
      ['"x-codex-window-id":"', this.#threadId, ':0"'],
      this.#turnMetadata(),
    ]
    const parts: string[] = []
    while (left.length > 0) {
      if (parts.length > 0) parts.push(',')
      parts.push(...left.splice(this.#random.below(left.length), 1).flat())
    }
    return parts
  }

  #turnMetadata(): string[] {
    const { id } = this.#session
    return [
      '"x-codex-turn-metadata":"{\\"installation_id\\":\\"',
      id,
      '\\",\\"session_id\\":\\"',
      id,
      '\\",\\"thread_id\\":\\"',
      this.#threadId,
      '\\",\\"turn_id\\":\\"',
      this.#turnId,
      '\\",\\"window_id\\":\\"',
      this.#threadId,
      ':0\\",\\"request_kind\\":\\"turn\\",\\"root_turn_id\\":\\"',
      this.#turnId,
      '\\",\\"sandbox\\":\\"none\\",\\"auto_review_enabled\\":false,\\"turn_started_at_unix_ms\\":',
      String(this.#turnStarted),
      ',\\"model\\":\\"gpt-5.1-codex\\"}"',
    ]
  }
}

function message(role: 'developer' | 'user' | 'assistant', text: string): string {
  const type = role === 'assistant' ? 'output_text' : 'input_text'
  return JSON.stringify({ type: 'message', role, content: [{ type, text }] })
}
