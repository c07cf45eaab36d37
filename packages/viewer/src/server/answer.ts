import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Answers with JSON. Callers keep lists short: a page of lines, the heads of a session. */
export async function answerJson(response: ServerResponse, value: unknown): Promise<void> {
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(value))
}

/** Answers with bytes as they come, no faster than the client reads. */
export async function answerBytes(
  response: ServerResponse,
  pieces: Iterable<Uint8Array>,
): Promise<void> {
  // Whatever they are, a browser must not run them.
  response.setHeader('content-type', 'application/octet-stream')
  for (const piece of pieces) {
    if (response.destroyed) return
    if (!response.write(piece))
      await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}
