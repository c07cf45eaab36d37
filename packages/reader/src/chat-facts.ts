import { decodeAttributes, type SpanFacts } from '@tacho/format'
import { oncePerSpan } from './once-per-span.js'
import type { Span } from './read-spans.js'

const told = oncePerSpan((span) => decodeAttributes('chat', span.attributes))

const NOTHING: SpanFacts<'chat'> = Object.freeze({})

/** Returns what the span of a model call says of it, decoded once; nothing without a span. */
export function chatFacts(span: Span | undefined): Readonly<SpanFacts<'chat'>> {
  return span === undefined ? NOTHING : told(span)
}
