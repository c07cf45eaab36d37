const METHOD = Buffer.from('{"method":"')
const ID = Buffer.from(',"id":')
const QUOTE = 0x22
// Codex's longest method has 48.
const METHOD_CHARACTERS = 100

/** What the first bytes of a message say. */
export type Opening = { method: string; isRequest: boolean }

/**
 * Returns the method of a message that begins the way Codex writes it: `{"method":"…"`, followed by
 * `,"id":` in a request. Returns undefined for any other message.
 *
 * Most messages are irrelevant deltas: this reads some thirty bytes of each.
 */
export function openingOf(line: Uint8Array): Opening | undefined {
  if (!hasAt(line, 0, METHOD)) return undefined
  const limit = Math.min(line.length, METHOD.length + METHOD_CHARACTERS)
  let end = METHOD.length
  while (end < limit && line[end] !== QUOTE) end += 1
  if (end === limit) return undefined
  const bytes = Buffer.from(line.buffer, line.byteOffset, end)
  return {
    method: bytes.toString('latin1', METHOD.length),
    isRequest: hasAt(line, end + 1, ID),
  }
}

function hasAt(line: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) {
    if (line[start + at] !== wanted[at]) return false
  }
  return true
}
