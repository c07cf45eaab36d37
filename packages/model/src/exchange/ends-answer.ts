import { objectOf } from '../model-api/json.js'
import { responsesApi } from '../model-api/responses.js'

const HEAD_BYTES = 256
const LAST = /"type"\s*:\s*"(response\.(completed|failed|incomplete|cancelled|done)|error)"/

/** Whether a message of a WebSocket is the last of an answer of the Responses API. */
export function endsAnswer(message: Uint8Array): boolean {
  // The type stands first; most messages are deltas, and are not parsed for this.
  const head = new TextDecoder().decode(message.subarray(0, HEAD_BYTES))
  if (/^\s*\{\s*"type"/.test(head) && !LAST.test(head)) return false
  const event = objectOf(new TextDecoder().decode(message))
  const facts = {}
  try {
    if (event !== undefined) responsesApi.readEvent(event, facts)
    else return LAST.test(head)
  } catch {
    // What cannot be read of it costs its facts. That it is the last one, its type alone tells.
    return LAST.test(head)
  }
  return 'ended' in facts
}
