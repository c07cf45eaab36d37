import type { SeenRequest } from './seen.js'

/**
 * One thing that the raw upstream does on a connection, in the order in which they stand:
 *
 * - a text or bytes: written as they are; a function makes them of the request and the addresses.
 * - `pause`: so many milliseconds in which nothing comes.
 * - `message`: waits for the next whole WebSocket message of the agent.
 * - `pong`: waits for the next WebSocket pong.
 * - `refuse`: the port refuses connections until the agent says this; the next step does not wait.
 * - `end`: the FIN of this side.
 * - `reset`: the connection is reset.
 * - `drop`: the TCP connection ends under TLS without a word, or as `end` where there is none.
 */
export type Step =
  | string
  | Uint8Array
  | ((request: SeenRequest, addresses: Addresses) => string | Uint8Array)
  | { pause: number }
  | { refuse: string }
  | typeof MESSAGE
  | typeof PONG
  | typeof END
  | typeof RESET
  | typeof DROP

export const MESSAGE = { await: 'message' } as const
export const PONG = { await: 'pong' } as const
export const END = { close: 'end' } as const
export const RESET = { close: 'reset' } as const
export const DROP = { close: 'drop' } as const

/** What Codex says where nobody is at a port, before it waits for 5 s and tries again. */
export const IT_WAITS = 'waiting for network'

/** Where the upstreams of a row listen, for what must name them. */
export type Addresses = {
  /** `http://127.0.0.1:PORT` or its like with a name and TLS. */
  upstream: string
  /** The second upstream's, which is there where a row has a plan for it. */
  elsewhere: string
  /** `127.0.0.1:PORT` of the proxy. */
  proxy: string
  /** The file of the certificate authority that has issued the upstream's certificate. */
  ca: string
}

/** What an upstream does with one request of the agent's for the model. */
export type Reply = readonly Step[]

/** How an upstream behaves. */
export type Plan = {
  /** One for each request for the model, in the order in which they come; the last is repeated. */
  replies: readonly Reply[]
  /** The same for requests that want a WebSocket; 426 where it is left out. */
  upgrades?: readonly Reply[]
  /** `head`: an answer begins as soon as the request's head is there. `body` where it is left out. */
  answersAt?: 'head' | 'body'
  /** What is done on the connections in turn before anything is read from them; then they are served. */
  atConnect?: readonly Reply[]
  /** From the row's start the port refuses connections until the agent says this. */
  refusesUntil?: string
  /** Only so many bytes are read of what the agent sends until the reply has been played. */
  readsOnly?: number
}
