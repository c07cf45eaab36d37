import type { Spoken, Usage } from './script.js'

/** What the model says, with everything that an API needs to word it. */
export type Reply = {
  /** Shared by all parts of one answer, and different for every answer: `1`, `2`, `side-1`. */
  key: string
  model: string
  /** Seconds since 1970. */
  createdAt: number
  reasoning: string | undefined
  /** The text in the pieces in which it is streamed; empty if there is none. */
  deltas: string[]
  calls: { name: string; arguments: string; callId: string; namespace?: string }[]
  usage: Usage
  failed: { code: string; message: string } | undefined
  /** The request asked for usage in the stream (Chat Completions sends it only then). */
  streamsUsage: boolean
}

const DELTA_BYTES = 4096
const USAGE: Usage = {
  inputTokens: 100,
  cachedInputTokens: 0,
  outputTokens: 10,
  reasoningTokens: 0,
}

/** Fills in what the script leaves open. */
export function replyOf(spoken: Spoken, key: string, body: Record<string, unknown>): Reply {
  const text = spoken.text ?? plainText(spoken.textBytes ?? 0)
  const pieces = spoken.deltas ?? Math.ceil((spoken.textBytes ?? 1) / DELTA_BYTES)
  return {
    key,
    model: typeof body.model === 'string' ? body.model : 'scripted',
    createdAt: Math.floor(Date.now() / 1000),
    reasoning: spoken.reasoning,
    deltas: cutText(text, pieces),
    calls: (spoken.calls ?? []).map((call, index) => ({
      name: call.name,
      arguments:
        typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
      callId: call.callId ?? `call_${key}_${index}`,
      ...(call.namespace !== undefined && { namespace: call.namespace }),
    })),
    usage: { ...USAGE, ...spoken.usage },
    failed: spoken.failed,
    streamsUsage: asksForUsage(body.stream_options),
  }
}

const LINE = 'The quick brown fox jumps over the lazy dog, and the recorder writes it down.\n'

function plainText(bytes: number): string {
  return LINE.repeat(Math.ceil(bytes / LINE.length)).slice(0, bytes)
}

function cutText(text: string, pieces: number): string[] {
  const cuts = Array.from({ length: pieces + 1 }, (_, index) =>
    outsidePair(text, Math.round((index * text.length) / pieces)),
  )
  return cuts.slice(1).flatMap((to, index) => text.slice(cuts[index], to) || [])
}

function outsidePair(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at
}

function asksForUsage(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'include_usage' in options
    ? options.include_usage === true
    : false
}
