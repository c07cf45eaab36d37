import { objectOf } from '../model-api/json.js'
import { responsesApi } from '../model-api/responses.js'

const HEAD_BYTES = 256
const LAST = /"type"\s*:\s*"(response\.(completed|failed|incomplete|cancelled|done)|error)"/

/** Returns whether a WebSocket message is the last of an answer of the Responses API. */
export function endsAnswer(message: Uint8Array): boolean {
  // The type comes first; most messages are deltas and need not be parsed for this.
  const head = new TextDecoder().decode(message.subarray(0, HEAD_BYTES))
  if (/^\s*\{\s*"type"/.test(head) && !LAST.test(head)) return false
  const event = objectOf(new TextDecoder().decode(message))
  const facts = {}
  try {
    if (event !== undefined) responsesApi.readEvent(event, facts)
    else return LAST.test(head)
  } catch {
    // A message that cannot be parsed only loses its facts: its type alone says that it is the
    // last.
    return LAST.test(head)
  }
  return 'ended' in facts
}
