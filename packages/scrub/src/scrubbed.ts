declare const scrubbed: unique symbol

/**
 * A text that has been scrubbed. Only a {@link Scrubber} makes one, and nothing else can be written
 * or sent: the compiler rejects text that was not scrubbed.
 */
export type Scrubbed = string & { readonly [scrubbed]: true }

/** The same for bytes. */
export type ScrubbedBytes = Uint8Array & { readonly [scrubbed]: true }

const encoder = new TextEncoder()

export function encodeScrubbed(text: Scrubbed): ScrubbedBytes {
  return encoder.encode(text) as Uint8Array as ScrubbedBytes
}

/**
 * The same for all texts in a value, at any depth; string literals of the code stay as they are.
 */
export type AllScrubbed<Value> = Value extends string
  ? string extends Value
    ? Scrubbed
    : Value
  : Value extends object
    ? { [Key in keyof Value]: AllScrubbed<Value[Key]> }
    : Value
