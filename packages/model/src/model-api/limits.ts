/**
 * An answer's text is counted up to here; beyond it, events that are only text are no longer
 * parsed. No model writes that much.
 */
export const TEXT_CHARACTERS = 4 * 1024 * 1024

/**
 * From this size on, an event is not parsed if its name says that it holds no facts: mostly an
 * image.
 */
export const LARGE_EVENT_CHARACTERS = 64 * 1024

/**
 * An event, or a non-streamed answer, is read up to here. The largest known hold generated images:
 * 4 MB each in base64.
 */
export const EVENT_CHARACTERS = 16 * 1024 * 1024
