/** The number of the folder format that this version writes. Readers upgrade older ones. */
export const FORMAT = 1

/** The names of the files in a session folder (docs/format.md). */
export const SESSION_FILES = {
  manifest: 'session.json',
  log: 'session.log',
  raw: 'session_oai_raw.log',
  meta: 'session_meta.log',
  events: 'session_events.log',
  /** Only where something was sent out. */
  export: 'session_export.log',
} as const

// A session id becomes a folder's name and comes from a request header, that is, from outside: no
// separators, no leading dot, and no longer than any file system takes.
const SESSION_ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/

/** Whether a text can be a session id, and so the name of a session folder. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text) && !text.endsWith('.')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a session id is a UUID, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/**
 * Whether it is a UUID as RFC 9562 writes it, in lower case: then its 32 hex digits are the session's
 * trace id. An id that differs from it only in case is another session's, and must not share its trace.
 */
export function isCanonicalUuid(text: string): boolean {
  return isUuid(text) && text === text.toLowerCase()
}

/** The trace id of a session whose id {@link isCanonicalUuid}: the same 32 hex digits. */
export function traceIdOfUuid(id: string): string {
  return id.replaceAll('-', '')
}
