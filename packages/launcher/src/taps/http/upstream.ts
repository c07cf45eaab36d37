import type { StartChange } from '../start-change.js'
import type { RequestHead } from './wire/message-head.js'

/** Where an agent sends its requests, and how to redirect them to Tacho. */
export type Upstream = {
  /** For `gen_ai.provider.name`. */
  name: string
  /** Depends on the request if the agent has two upstreams. */
  upstream: (request: Pick<RequestHead, 'headers'>) => URL
  /** The upstream of the first request, if it is known when the agent starts. */
  expected?: URL
  /** The path given to the agent in place of the upstream's. */
  base: string
  /**
   * The upstream's URL, if it contains a user and password, which the agent sends as Basic
   * authorization.
   */
  userInfo: URL | undefined
  /** Whether the agent opens a WebSocket first. */
  speaksOverSocket: boolean
  /**
   * After how many milliseconds without a byte the agent gives up on an answer; omitted if unknown.
   */
  idleTimeout?: number
  /** Replaces the upstream with Tacho's base URL. */
  redirect: (baseUrl: string) => StartChange
}
