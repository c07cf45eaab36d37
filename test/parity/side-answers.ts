import { eventsOf, head as headOf, SSE } from './answers.js'
import { isUpgrade, type SeenRequest } from './seen.js'

/**
 * What an upstream answers to the requests that an agent makes beside those for the model: a title
 * for the session, over HTTP; the list of models, which leaves the agent's own list unchanged; and
 * the questions about an account.
 */
export function answerBeside(request: SeenRequest): string {
  const { head } = request
  const path = /^\S+ ([^\s?]*)/.exec(head)?.[1] ?? ''
  if (path.endsWith('/responses')) return isUpgrade(request) ? NO_UPGRADE : TITLE
  if (path.endsWith('/models')) return json('200 OK', '{"models":[]}')
  if (path.endsWith('/accounts/check')) return json('200 OK', JSON.stringify(accounts(head)))
  if (path.includes('/wham/')) return json('200 OK', '{}')
  return json('404 Not Found', '{"error":{"message":"There is no such path."}}')
}

const NO_UPGRADE = headOf('426 Upgrade Required', 'content-length: 0')
const TITLE_EVENTS = eventsOf({ text: '{"title":"scripted"}' }, 'title').join('')
const TITLE = `${headOf('200 OK', SSE, `content-length: ${TITLE_EVENTS.length}`)}${TITLE_EVENTS}`

function json(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

// With a ChatGPT login, Codex asks where its account is served before it asks a model.
function accounts(head: string): object {
  const id = /^chatgpt-account-id: *(\S+)/im.exec(head)?.[1]
  const routing = {
    workspace_backend_origin: 'NO_CONSTRAINT',
    account_routing_override: 'NO_CONSTRAINT',
  }
  return { accounts: [{ id, ...routing }], account_ordering: [id], default_account_id: id }
}
