/**
 * Checks, as a body arrives, whether it is plain text: UTF-8 without control characters. Then it
 * can be searched for secrets whatever its coding is called.
 */
export class PlainText {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #isText = true

  /** Whether everything up to the end of these bytes is text; once false, it stays false. */
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
