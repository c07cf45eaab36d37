/**
 * The version of the folder format that this version of Tacho writes. Readers upgrade older ones.
 */
export const FORMAT = 1

/** The names of the files in a session folder (docs/format.md). */
export const SESSION_FILES = {
  manifest: 'session.json',
  log: 'session.log',
  raw: 'session_oai_raw.log',
  meta: 'session_meta.log',
  events: 'session_events.log',
  /** Exists only if something was sent. */
  export: 'session_export.log',
} as const

// A session id becomes the name of a folder but comes from outside, in a request header. So it has
// no separators and no leading dot, and is short enough for any file system.
const SESSION_ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/

/** Whether a text can be a session id, and therefore the name of a session folder. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text) && !text.endsWith('.')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a session id is a UUID, in upper or lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/**
 * Whether an id is a UUID as RFC 9562 writes it, in lower case: then its 32 hex digits are the
 * session's trace id. An id that differs only in case belongs to another session and must not share
 * the trace.
 */
export function isCanonicalUuid(text: string): boolean {
  return isUuid(text) && text === text.toLowerCase()
}

/**
 * Returns the trace id for a session id that {@link isCanonicalUuid} accepts: the same 32 hex
 * digits.
 */
export function traceIdOfUuid(id: string): string {
  return id.replaceAll('-', '')
}
