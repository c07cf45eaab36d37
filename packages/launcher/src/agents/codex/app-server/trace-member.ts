const OPENING = 0x7b

/**
 * A message with the `trace` member that Codex's app-server takes at the top of a request (Codex
 * 0.169: W3C trace context, for the spans that it exports). It is put in behind the first brace; all
 * other bytes stay. Nothing is put into what is no JSON object.
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
