import type { SeenRequest } from './seen.js'

/**
 * One thing that the raw upstream does on a connection, in order:
 *
 * - a text or bytes: written unchanged; a function makes them from the request and the addresses.
 * - `pause`: silent for this many milliseconds.
 * - `message`: waits for the agent's next complete WebSocket message.
 * - `pong`: waits for the next WebSocket pong.
 * - `refuse`: the port refuses connections until the agent says this; the next step does not wait.
 * - `end`: sends a FIN.
 * - `reset`: resets the connection.
 * - `drop`: ends the TCP connection under TLS without a word, or like `end` if there is no TLS.
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

/** What Codex says if nothing listens on a port, before it waits for 5 s and tries again. */
export const IT_WAITS = 'waiting for network'

/** Where a row's upstreams listen, for steps that must name them. */
export type Addresses = {
  /** `http://127.0.0.1:PORT`, or the equivalent with a name and TLS. */
  upstream: string
  /** The second upstream's, if the row has a plan for one. */
  elsewhere: string
  /** `127.0.0.1:PORT` of the proxy. */
  proxy: string
  /** The file of the certificate authority that issued the upstream's certificate. */
  ca: string
}

/** What an upstream does with one model request of the agent. */
export type Reply = readonly Step[]

/** How an upstream behaves. */
export type Plan = {
  /** One for each model request, in order of arrival; the last one is repeated. */
  replies: readonly Reply[]
  /** The same for requests that ask for a WebSocket; default: 426. */
  upgrades?: readonly Reply[]
  /** `head`: an answer begins as soon as the request's head has arrived. Default: `body`. */
  answersAt?: 'head' | 'body'
  /**
   * Done to the first connections in turn, before anything is read from them; later ones are
   * served.
   */
  atConnect?: readonly Reply[]
  /** From the row's start, the port refuses connections until the agent says this. */
  refusesUntil?: string
  /** Reads only this many bytes of what the agent sends until the reply has been played. */
  readsOnly?: number
}
