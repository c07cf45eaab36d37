import type { SeenRequest } from './seen.js'

/**
 * What an upstream answers to the requests that an agent makes beside those for the model: the list
 * of models, which leaves the agent's own as it is, and the questions about an account.
 */
export function answerBeside({ head }: SeenRequest): string {
  const path = /^\S+ ([^\s?]*)/.exec(head)?.[1] ?? ''
  if (path.endsWith('/models')) return json('200 OK', '{"models":[]}')
  if (path.includes('/wham/')) return json('200 OK', '{}')
  return json('404 Not Found', '{"error":{"message":"There is no such path."}}')
}

function json(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}
