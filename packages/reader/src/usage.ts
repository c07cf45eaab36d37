import { numberAttribute, type Span } from './read-spans.js'

/** The tokens of an exchange as its API counted them; what the API did not say is not there. */
export type Usage = {
  inputTokens?: number
  outputTokens?: number
  /** Of the input tokens, those that came from the cache. */
  cacheReadInputTokens?: number
  /** Of the output tokens, those spent on reasoning. */
  reasoningOutputTokens?: number
}

/** The use that a `chat` span tells of (GenAI conventions, `gen_ai.usage.*`); nothing where it does not. */
export function usageOf(span: Span | undefined): Usage | undefined {
  const usage: Usage = {}
  for (const [part, attribute] of ATTRIBUTES) {
    const tokens = numberAttribute(span, attribute)
    if (tokens !== undefined) usage[part] = tokens
  }
  return Object.keys(usage).length > 0 ? usage : undefined
}

/** The sum of several uses; a part that none of them has is not there. */
export function totalUsage(uses: Iterable<Usage | undefined>): Usage {
  const total: Usage = {}
  for (const usage of uses) {
    for (const [part] of ATTRIBUTES) {
      const tokens = usage?.[part]
      if (tokens !== undefined) total[part] = (total[part] ?? 0) + tokens
    }
  }
  return total
}

const ATTRIBUTES = [
  ['inputTokens', 'gen_ai.usage.input_tokens'],
  ['outputTokens', 'gen_ai.usage.output_tokens'],
  ['cacheReadInputTokens', 'gen_ai.usage.cache_read.input_tokens'],
  ['reasoningOutputTokens', 'gen_ai.usage.reasoning.output_tokens'],
] as const
