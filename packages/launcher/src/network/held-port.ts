import * as net from 'node:net'

// Node's internal type of a socket that is bound but not listening; `net.Server.listen` accepts one
// (nodejs.org/api/net.html#serverlistenhandle-backlog-callback). Seen on Node 20, 22, 24 and 26.
type Bound = { close(): void; getsockname(address: { port?: number }): number }
type MakeBound = (address: string, port: number, family: 4) => Bound | number

/**
 * Holds a port of 127.0.0.1 while Tacho does not listen on it: a second socket is bound to it and
 * never listens, so connections are refused and no other program gets the port.
 *
 * On Linux the second socket can exist all the time (socket(7), SO_REUSEADDR, which Node always
 * sets; but while nobody listens, so can that of a program that sets it for this very port). On
 * systems that do not share ports this way, it takes over from the first.
 */
export class HeldPort {
  readonly port: number
  readonly #isShared: boolean
  /** The socket that does not listen. */
  #holder: Bound | undefined
  #listener: Bound | undefined

  /** @throws if no port is available. */
  constructor() {
    const first = bind(0)
    this.port = portOf(first)
    const second = tryToBind(this.port)
    this.#isShared = second !== undefined
    this.#holder = second && first
    this.#listener = second ?? first
  }

  /**
   * Returns a socket to listen with.
   *
   * @throws if another program has taken the port meanwhile.
   */
  take(): Bound {
    const taken = this.#listener ?? (this.#isShared ? bind(this.port) : this.#holder)
    if (taken === undefined) throw inUse(this.port, 'EADDRINUSE')
    this.#listener = undefined
    if (taken === this.#holder) this.#holder = undefined
    return taken
  }

  /** Holds the port after the listening socket is closed. */
  hold(): void {
    this.#holder ??= tryToBind(this.port)
  }

  release(): void {
    this.#holder?.close()
    this.#listener?.close()
    this.#holder = undefined
    this.#listener = undefined
  }
}

function bind(port: number): Bound {
  const { _createServerHandle: make } = net as unknown as { _createServerHandle?: MakeBound }
  const bound = make?.('127.0.0.1', port, 4)
  if (typeof bound === 'object') return bound
  throw inUse(port, bound)
}

function tryToBind(port: number): Bound | undefined {
  try {
    return bind(port)
  } catch {
    return undefined
  }
}

function portOf(bound: Bound): number {
  const address: { port?: number } = {}
  bound.getsockname(address)
  return address.port ?? 0
}

function inUse(port: number, code: string | number | undefined): Error {
  return new Error(`no socket can be bound to 127.0.0.1:${port} (${code})`)
}
