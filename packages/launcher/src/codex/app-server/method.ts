const METHOD = Buffer.from('{"method":"')
const ID = Buffer.from(',"id":')
const QUOTE = 0x22
// The longest of Codex's methods has 48.
const METHOD_CHARACTERS = 100

/** What the first bytes of a message tell. */
export type Opening = { method: string; isRequest: boolean }

/**
 * The method of a message that begins the way in which Codex writes them: `{"method":"…"`, followed
 * by `,"id":` in a request. Of any other message it tells nothing.
 *
 * Most messages are deltas that do not concern us: this looks at some thirty bytes of each.
 */
export function openingOf(line: Uint8Array): Opening | undefined {
  for (let at = 0; at < METHOD.length; at += 1) if (line[at] !== METHOD[at]) return undefined
  const end = line.subarray(0, METHOD.length + METHOD_CHARACTERS).indexOf(QUOTE, METHOD.length)
  if (end < 0) return undefined
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length)
  return {
    method: bytes.toString('latin1', METHOD.length, end),
    isRequest: ID.equals(bytes.subarray(end + 1, end + 1 + ID.length)),
  }
}
