import type { OpenSession } from './open-session.js'

/** A link to a span in Jaeger, if the session was sent to one. */
export function TraceLink({ session, span }: { session: OpenSession; span: string }) {
  const trace = session.answer.value?.traceUrl
  // A setting can contain anything.
  if (trace === undefined || !/^https?:\/\//i.test(trace)) return null
  return (
    <a href={`${trace}?uiFind=${encodeURIComponent(span)}`} target="_blank" rel="noreferrer">
      in Jaeger
    </a>
  )
}
