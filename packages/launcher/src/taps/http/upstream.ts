import type { StartChange } from '../start-change.js'
import type { RequestHead } from './wire/message-head.js'

/** Where an agent sends its requests, and how it is told to send them to us. */
export type Upstream = {
  /** For `gen_ai.provider.name`. */
  name: string
  /** Chosen by the request where the agent has two. */
  upstream: (request: Pick<RequestHead, 'headers'>) => URL
  /** The upstream of the first request, as far as can be told when the agent starts; left out where it cannot. */
  expected?: URL
  /** The path that the agent is given in the place of the upstream's. */
  base: string
  /** The user and the password in the upstream's URL, which the agent sends as Basic authorization. */
  userInfo: URL | undefined
  /** The agent opens a WebSocket first. */
  speaksOverSocket: boolean
  /** After how long without a byte the agent gives up on an answer, in milliseconds; left out where nobody knows. */
  idleTimeout?: number
  /** Puts a base URL of ours in the place of the upstream. */
  redirect: (baseUrl: string) => StartChange
}
