import type { Usage } from '@tacho/model'
import { chatFacts } from './chat-facts.js'
import { known } from './known.js'
import type { Span } from './read-spans.js'

/** Returns the token usage in a `chat` span; undefined if it has none. */
export function usageOf(span: Span | undefined): Usage | undefined {
  if (span === undefined) return undefined
  const told = chatFacts(span)
  const usage: Usage = known({
    inputTokens: told.inputTokens,
    outputTokens: told.outputTokens,
    cacheReadInputTokens: told.cacheReadTokens,
    cacheCreationInputTokens: told.cacheCreationTokens,
    reasoningOutputTokens: told.reasoningTokens,
  })
  return Object.keys(usage).length > 0 ? usage : undefined
}

/** Returns the sum of several usages; a member that none of them has is absent. */
export function totalUsage(uses: Iterable<Usage | undefined>): Usage {
  const total: Usage = {}
  for (const usage of uses) {
    for (const part of PARTS) {
      const tokens = usage?.[part]
      if (tokens !== undefined) total[part] = (total[part] ?? 0) + tokens
    }
  }
  return total
}

const PARTS = [
  'inputTokens',
  'outputTokens',
  'cacheReadInputTokens',
  'cacheCreationInputTokens',
  'reasoningOutputTokens',
] as const
