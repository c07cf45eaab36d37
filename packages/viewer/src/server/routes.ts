import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerRequest, answerResponse } from './answers/bodies.js'
import { answerChanges } from './answers/changes.js'
import { answerComparison } from './answers/comparison.js'
import { answerContext } from './answers/context.js'
import { answerConversation, answerMessage } from './answers/conversation.js'
import { answerExchange } from './answers/exchange.js'
import { answerExplanation, answerVerdict } from './answers/explanation.js'
import { answerEvents, answerLog } from './answers/lines.js'
import { answerSessions } from './answers/sessions.js'
import { answerPage } from './page-files.js'
import type { Sessions } from './sessions.js'

/** What an answer is made from. */
export type Asked = {
  request: IncomingMessage
  response: ServerResponse
  sessions: Sessions
  /** The words of the path, by the names that the route gives them. */
  words: Readonly<Record<string, string>>
  query: URLSearchParams
}

export type Route = {
  /** The words of the path: literal or, after a colon, a name. */
  path: string
  /** The page itself contains no data, and must be loaded before it can send the token. */
  needsToken: boolean
  /** Answers the request; throws {@link NotFound} if there is nothing. */
  answer: (asked: Asked) => void | Promise<void>
}

/** The requested thing does not exist. */
export class NotFound extends Error {
  override readonly name = 'NotFound'
  readonly code = 'not-found'
}

const SESSION = '/api/sessions/:session'
const EXCHANGE = `${SESSION}/exchanges/:number`

/** All routes. A path never names a file: its words are looked up in lists of ours. */
export const ROUTES: readonly Route[] = [
  { path: '/', needsToken: false, answer: answerPage },
  { path: '/page/:file', needsToken: false, answer: answerPage },
  { path: '/api/sessions', needsToken: true, answer: answerSessions },
  { path: `${SESSION}/explanation`, needsToken: true, answer: answerExplanation },
  { path: `${SESSION}/verdict`, needsToken: true, answer: answerVerdict },
  { path: `${SESSION}/changes`, needsToken: true, answer: answerChanges },
  { path: `${SESSION}/log`, needsToken: true, answer: answerLog },
  { path: `${SESSION}/events`, needsToken: true, answer: answerEvents },
  { path: `${SESSION}/context`, needsToken: true, answer: answerContext },
  { path: EXCHANGE, needsToken: true, answer: answerExchange },
  { path: `${EXCHANGE}/request`, needsToken: true, answer: answerRequest },
  { path: `${EXCHANGE}/response`, needsToken: true, answer: answerResponse },
  { path: `${EXCHANGE}/conversation`, needsToken: true, answer: answerConversation },
  { path: `${EXCHANGE}/conversation/:list/:message`, needsToken: true, answer: answerMessage },
  {
    path: `${EXCHANGE}/compare/:otherSession/:otherNumber`,
    needsToken: true,
    answer: answerComparison,
  },
]

/** Returns the route of a path, and its words by name. */
export function routeOf(path: string): { route: Route; words: Record<string, string> } | undefined {
  const parts = path.split('/')
  for (const route of ROUTES) {
    const words = wordsOf(route.path.split('/'), parts)
    if (words !== undefined) return { route, words }
  }
  return undefined
}

function wordsOf(wanted: string[], parts: string[]): Record<string, string> | undefined {
  if (wanted.length !== parts.length) return undefined
  const words: Record<string, string> = {}
  for (const [index, word] of wanted.entries()) {
    const part = parts[index] ?? ''
    if (!word.startsWith(':')) {
      if (word !== part) return undefined
    } else if (part === '') return undefined
    else words[word.slice(1)] = part
  }
  return words
}
