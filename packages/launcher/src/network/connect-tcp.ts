import { type LookupAddress, lookup } from 'node:dns'
import { connect, isIP, type Socket } from 'node:net'
import { readsIntoLentMemory } from './read-memory.js'

/**
 * How long the other address family waits for the first one, as in hyper, the agent's own client.
 */
const OTHER_FAMILY_MILLISECONDS = 300

export type ConnectCallback = (error: Error | undefined, socket?: Socket) => void

/**
 * Connects to a host. An IP address needs no lookup; for a name, the addresses of the first one's
 * family are tried in order, and after a moment those of the other family in parallel.
 *
 * @param host without brackets.
 * @returns a function that stops it; the callback is not called afterwards.
 */
export function connectTcp(host: string, port: number, done: ConnectCallback): () => void {
  if (isIP(host) !== 0) return connectInOrder([host], port, done)
  let stop = () => {}
  let isStopped = false
  lookup(host, { all: true, verbatim: true }, (error, addresses) => {
    if (isStopped) return
    if (error !== null) done(error)
    else stop = connectToFamilies(familiesOf(addresses), port, done)
  })
  return () => {
    isStopped = true
    stop()
  }
}

/** A name's addresses by family. */
export type Families = { first: string[]; other: string[] }

function familiesOf(addresses: LookupAddress[]): Families {
  const of = (isFirst: boolean) =>
    addresses
      .filter(({ family }) => (family === addresses[0]?.family) === isFirst)
      .map(({ address }) => address)
  return { first: of(true), other: of(false) }
}

/**
 * Connects to one of the addresses: the other family starts when the first has failed, or is slow.
 */
export function connectToFamilies(
  { first, other }: Families,
  port: number,
  done: ConnectCallback,
): () => void {
  if (other.length === 0) return connectInOrder(first, port, done)
  const waiting = [first, other]
  const stops: (() => void)[] = []
  let running = 0
  let failure: Error | undefined
  const stop = () => {
    clearTimeout(timer)
    for (const one of stops) one()
  }
  const startNext = () => {
    const addresses = waiting.shift()
    if (addresses === undefined) return
    running += 1
    stops.push(connectInOrder(addresses, port, ended))
  }
  const ended: ConnectCallback = (error, socket) => {
    running -= 1
    if (socket !== undefined) {
      stop()
      done(undefined, socket)
      return
    }
    failure ??= error
    startNext()
    if (running === 0) done(failure)
  }
  const timer = setTimeout(startNext, OTHER_FAMILY_MILLISECONDS)
  startNext()
  return stop
}

function connectInOrder(addresses: string[], port: number, done: ConnectCallback): () => void {
  const [host = '', ...rest] = addresses
  const onread = readsIntoLentMemory()
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true, onread })
  let stop: () => void = () => socket.destroy()
  const onError = (error: Error) => {
    if (rest.length === 0) done(error)
    else stop = connectInOrder(rest, port, done)
  }
  socket.once('error', onError)
  socket.once('connect', () => {
    socket.removeListener('error', onError)
    // The socket now belongs to the caller.
    stop = () => {}
    done(undefined, socket)
  })
  return () => stop()
}
