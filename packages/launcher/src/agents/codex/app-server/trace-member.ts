const OPENING = 0x7b

/**
 * Adds the `trace` member that Codex's app-server accepts at the top level of a request (Codex
 * 0.169: W3C trace context, for the spans that it exports). It is inserted after the first brace;
 * all other bytes stay. Anything that is not a JSON object is returned unchanged.
 */
export function withTrace(message: Uint8Array, traceparent: string): Uint8Array {
  const start = message.indexOf(OPENING)
  if (start < 0 || !isJson(message)) return message
  return Buffer.concat([
    message.subarray(0, start + 1),
    Buffer.from(`"trace":{"traceparent":"${traceparent}"},`),
    message.subarray(start + 1),
  ])
}

function isJson(message: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(message.buffer, message.byteOffset, message.length).toString())
    return true
  } catch {
    return false
  }
}
