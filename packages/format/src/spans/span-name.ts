import { cut } from './attributes.js'
import { SPAN_ATTRIBUTES, type SpanKind } from './span-attributes.js'

/** The kinds that a span's name begins with; an HTTP request is named by its method. */
export type NamedSpanKind = Exclude<SpanKind, 'http'>

/**
 * Returns a span's name: its kind, and what it is about (GenAI conventions: `{operation} {model}`).
 */
export function spanName(kind: NamedSpanKind, about?: string): string {
  return about === undefined ? kind : `${kind} ${cut(about)}`
}

/**
 * Returns a span's kind, from its name and attributes, or undefined if it is not one of Tacho's.
 */
export function spanKindOf(span: {
  name: string
  attributes: Readonly<Record<string, unknown>>
}): SpanKind | undefined {
  const [word = '', ...about] = span.name.split(' ')
  if (isNamedKind(word) && (!ALONE.has(word) || about.length === 0)) return word
  return Object.hasOwn(span.attributes, SPAN_ATTRIBUTES.http.exchange.name) ? 'http' : undefined
}

/** Returns what a span is about, from its name: the agent, the model, the tool. */
export function spanAbout(name: string): string {
  const end = name.indexOf(' ')
  return end < 0 ? '' : name.slice(end + 1)
}

/** Kinds whose span names have no second part. */
const ALONE = new Set<string>(['session', 'cancellation'])

function isNamedKind(word: string): word is NamedSpanKind {
  return word !== 'http' && Object.hasOwn(SPAN_ATTRIBUTES, word)
}
