declare const scrubbed: unique symbol

/**
 * A text that has been scrubbed. Only a {@link Scrubber} makes one, and what is written or sent takes
 * nothing else: the compiler refuses a text that has gone past.
 */
export type Scrubbed = string & { readonly [scrubbed]: true }

/** The same for bytes. */
export type ScrubbedBytes = Uint8Array & { readonly [scrubbed]: true }

const encoder = new TextEncoder()

export function encodeScrubbed(text: Scrubbed): ScrubbedBytes {
  return encoder.encode(text) as Uint8Array as ScrubbedBytes
}

/** The same for all the texts of a value, however deep they stand; words that the code itself says stay as they are. */
export type AllScrubbed<Value> = Value extends string
  ? string extends Value
    ? Scrubbed
    : Value
  : Value extends object
    ? { [Key in keyof Value]: AllScrubbed<Value[Key]> }
    : Value
