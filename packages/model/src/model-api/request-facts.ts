import type { OpenBody } from '@tacho/format'
import { objectOf, textAt } from './json.js'
import { type ToolOutput, toolOutputsOf } from './tool-outputs.js'

/**
 * What a request says about the answer it wants; what it does not say is absent. Whether it wants a
 * stream is looked up only on demand, because mostly the answer shows it.
 */
export type RequestFacts = {
  readonly model?: string | undefined
  readonly stream?: boolean | undefined
  /**
   * Returns what it tells the model about the tools of some calls; empty if its body is too large
   * for that.
   */
  outputs?(calls: readonly string[]): ToolOutput[]
}

// Codex and the SDKs write the model first (over a WebSocket, after the message's type), and write
// before or after the conversation whether they want a stream. A body is parsed whole only if the
// model is not there, and never if that would keep the host waiting too long.
const MODEL_FIRST =
  /^\s*\{\s*(?:"type"\s*:\s*"[^"\\]{1,50}"\s*,\s*)?"model"\s*:\s*"([^"\\]{1,200})"/
const STREAM = /"stream"\s*:\s*(true|false)/
const HEAD_BYTES = 512
const TAIL_BYTES = 4 * 1024
const PARSED_BYTES = 1024 * 1024

/**
 * Reads a request's body. All APIs use the same names for the members of model and stream.
 *
 * @param body its bytes, or a function that returns the parts asked for.
 */
export function requestFactsOf(body: OpenBody): RequestFacts {
  const head = decoder.decode(body.subarray(0, HEAD_BYTES))
  const first = MODEL_FIRST.exec(head)?.[1]
  if (first === undefined && body.length <= PARSED_BYTES) return new ParsedFacts(body)
  // A large body is kept only once something asks for it.
  if (body.length > PARSED_BYTES) {
    const stream = streamIn(body, head)
    return first === undefined ? { stream } : { model: first, stream }
  }
  return new AskedFacts(body, { head, model: first })
}

class AskedFacts implements RequestFacts {
  readonly model: string | undefined
  readonly #body: OpenBody
  readonly #head: string

  constructor(body: OpenBody, { head, model }: { head: string; model: string | undefined }) {
    this.#body = body
    this.#head = head
    this.model = model
  }

  get stream(): boolean | undefined {
    try {
      return streamIn(this.#body, this.#head)
    } catch {
      // Bytes that it copies from are gone.
      return undefined
    }
  }

  outputs(calls: readonly string[]): ToolOutput[] {
    return outputsIn(this.#body, calls)
  }
}

function streamIn(body: OpenBody, head: string): boolean | undefined {
  const stream = (STREAM.exec(head) ?? STREAM.exec(tailOf(body)))?.[1]
  return stream === undefined ? undefined : stream === 'true'
}

function tailOf(body: OpenBody): string {
  return decoder.decode(body.subarray(Math.max(HEAD_BYTES, body.length - TAIL_BYTES)))
}

class ParsedFacts implements RequestFacts {
  readonly model: string | undefined
  readonly stream: boolean | undefined
  readonly #body: OpenBody

  constructor(body: OpenBody) {
    this.#body = body
    const request = objectOf(decoder.decode(body.subarray(0))) ?? {}
    this.model = textAt(request, 'model')
    this.stream = typeof request.stream === 'boolean' ? request.stream : undefined
  }

  outputs(calls: readonly string[]): ToolOutput[] {
    return outputsIn(this.#body, calls)
  }
}

function outputsIn(body: OpenBody, calls: readonly string[]): ToolOutput[] {
  try {
    return toolOutputsOf(objectOf(decoder.decode(body.subarray(0))) ?? {}, calls)
  } catch {
    // Bytes that it copies from are gone.
    return []
  }
}

const decoder = new TextDecoder()
