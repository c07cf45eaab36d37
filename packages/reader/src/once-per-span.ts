import type { Span } from './read-spans.js'

/** Caches a result per span: a running session is read again and again. */
export function oncePerSpan<Result>(make: (span: Span) => Result): (span: Span) => Result {
  const made = new WeakMap<Span, { result: Result }>()
  return (span) => {
    const known = made.get(span)
    if (known !== undefined) return known.result
    const result = make(span)
    made.set(span, { result })
    return result
  }
}
