/**
 * Up to here the text of an answer is counted; in a longer one, events that are text and nothing else
 * are not parsed any more. No model writes that much.
 */
export const TEXT_CHARACTERS = 4 * 1024 * 1024

/** An event from this size on is not parsed where its name says that it tells nothing: an image, mostly. */
export const LARGE_EVENT_CHARACTERS = 64 * 1024

/**
 * An event, or an answer in one piece, is read up to here. The largest that are known hold generated
 * images: 4 MB in base64 each.
 */
export const EVENT_CHARACTERS = 16 * 1024 * 1024
