/**
 * Whether a body is plain text, as it comes: UTF-8 without control characters. It can then be searched
 * for secrets whatever its coding is called.
 */
export class PlainText {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #isText = true

  /** Whether it is text up to the end of these bytes; once it is not, it never is again. */
  push(bytes: Uint8Array): boolean {
    this.#isText &&= !bytes.some(isControl) && this.#isUtf8(bytes)
    return this.#isText
  }

  #isUtf8(bytes: Uint8Array): boolean {
    try {
      this.#decoder.decode(bytes, { stream: true })
      return true
    } catch {
      return false
    }
  }
}

const TAB = 9
const NEWLINE = 10
const RETURN = 13

function isControl(byte: number): boolean {
  return byte < 32 && byte !== TAB && byte !== NEWLINE && byte !== RETURN
}
