const NEWS = Buffer.from('{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"')
const UPDATE = Buffer.from('","update":{"sessionUpdate":"')
const CHUNKS = ['agent_message_chunk"', 'agent_thought_chunk"', 'user_message_chunk"'].map((one) =>
  Buffer.from(one),
)
const QUOTE = 0x22
const BACKSLASH = 0x5c
// A UUID has 36.
const SESSION_BYTES = 200

/**
 * Whether a line is a text chunk with its members in the order in which agents write them
 * (`JSON.stringify` of the SDK's types). Most lines are, and are irrelevant: this reads some
 * hundred bytes of each. Returns false for a line in another order.
 */
export function isTextChunk(line: Uint8Array): boolean {
  if (!hasAt(line, 0, NEWS)) return false
  let end = NEWS.length
  const limit = Math.min(line.length, end + SESSION_BYTES)
  while (end < limit && line[end] !== QUOTE) {
    if (line[end] === BACKSLASH) return false
    end += 1
  }
  if (!hasAt(line, end, UPDATE)) return false
  return CHUNKS.some((chunk) => hasAt(line, end + UPDATE.length, chunk))
}

function hasAt(line: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) {
    if (line[start + at] !== wanted[at]) return false
  }
  return true
}
