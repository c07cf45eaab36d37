import type { Readable, Writable } from 'node:stream'
import { LineCutter } from './line-cutter.js'
import type { JsonRpcObserver } from './observer.js'

/**
 * A longer message is passed on as it arrives: the client's is not observed, the server's only up
 * to this. Relevant messages are far smaller; pictures in a prompt take megabytes.
 */
const LINE_BYTES = 8 * 1024 * 1024

// A process that the server left behind may keep its output open for ever.
const QUIET_MILLISECONDS = 250

/** Both ends of a connection, with their streams. */
export type JsonRpcSides = {
  client: { input: Readable; output: Writable }
  server: { input: Writable; output: Readable }
}

/** A running tap. */
export type JsonRpcTap = {
  /**
   * Call it when the server has ended: resolves when all its output has reached the client, or
   * nobody reads it, or no more comes.
   */
  drained(): Promise<void>
  /** Releases the client's input, which would keep this process alive. */
  close(): void
}

/**
 * Relays between a JSON-RPC client and its server, which write one message per line. The server's
 * bytes are passed on as they come, the client's line by line once each is complete, unless the
 * observer changes nothing. A slow reader slows the other side down, as without Tacho; an end or
 * error on one side is passed to the other.
 *
 * @param now returns the time in microseconds since the epoch.
 */
export function tapJsonRpc(
  { client, server }: JsonRpcSides,
  observer: JsonRpcObserver,
  now: () => number,
): JsonRpcTap {
  if (observer.changesNothing) {
    relayUnchanged(client.input, server.input, observer.fromClient.bind(observer), now)
    const end = () => server.input.end()
    client.input.on('end', end).on('error', end)
    relayUnchanged(server.output, client.output, observer.fromServer.bind(observer), now)
  } else {
    relayClient(client.input, server.input, observer)
    relayServer(server.output, client.output, observer)
  }
  const drained = drainerOf(server.output, client.output)
  const clientGone = () => observer.clientGone(now())
  client.input.on('end', clientGone).on('error', clientGone)
  client.output.on('error', () => {
    clientGone()
    server.output.destroy()
  })
  server.output.on('end', () => observer.serverGone(now()))
  server.input.on('error', () => client.input.destroy())
  return { drained, close: () => client.input.destroy() }
}

function relayClient(input: Readable, output: Writable, observer: JsonRpcObserver): void {
  let passed: Uint8Array[] = []
  const pass = (bytes: Uint8Array) => passed.push(bytes)
  const cutter = new LineCutter({
    limit: LINE_BYTES,
    onLine: (line) => pass(observer.fromClient(line)),
    onLongStart: pass,
    onLongRest: pass,
  })
  input.on('data', (bytes: Buffer) => {
    cutter.push(bytes)
    const [first] = passed
    if (first === undefined) return
    write(passed.length === 1 ? first : Buffer.concat(passed), input, output)
    passed = []
  })
  // The last line may lack a line end; it is still a message.
  const end = () => {
    const rest = cutter.rest()
    output.end(rest.length === 0 ? rest : observer.fromClient(rest))
  }
  input.on('end', end)
  input.on('error', end)
}

function relayServer(input: Readable, output: Writable, observer: JsonRpcObserver): void {
  const cutter = cutterFor((line) => observer.fromServer(line))
  input.on('data', (bytes: Buffer) => {
    // Observed first, so that a question is on disk before anyone can answer it.
    cutter.push(bytes)
    write(bytes, input, output)
  })
  readRest(input, cutter, (line) => observer.fromServer(line))
}

function relayUnchanged(
  input: Readable,
  output: Writable,
  observe: (line: Uint8Array, at: number) => void,
  now: () => number,
): void {
  // The receiver may act on the bytes before they are observed.
  let cameAt = now()
  const onLine = (line: Uint8Array) => observe(line, cameAt)
  const cutter = cutterFor(onLine)
  input.on('data', (bytes: Buffer) => {
    cameAt = now()
    write(bytes, input, output)
    cutter.push(bytes)
  })
  readRest(input, cutter, onLine)
}

/** Cuts lines; of one longer than the limit, only the beginning is reported. */
function cutterFor(onLine: (line: Uint8Array) => void): LineCutter {
  return new LineCutter({ limit: LINE_BYTES, onLine, onLongStart: onLine, onLongRest: () => {} })
}

// The last line may lack a line end; it is still a message.
function readRest(input: Readable, cutter: LineCutter, onLine: (line: Uint8Array) => void): void {
  input.on('error', () => {})
  input.on('end', () => {
    const rest = cutter.rest()
    if (rest.length > 0) onLine(rest)
  })
}

function drainerOf(input: Readable, output: Writable): () => Promise<void> {
  let hasNews = true
  input.on('data', () => {
    hasNews = true
  })
  return async function drained() {
    const isOver = () => input.readableEnded || input.destroyed
    do {
      hasNews = false
      await untilWritten(output)
      if (!isOver()) await quietTime(input)
    } while (hasNews && !isOver())
    await untilWritten(output)
  }
}

function write(bytes: Uint8Array, input: Readable, output: Writable): void {
  if (output.destroyed || output.write(bytes)) return
  input.pause()
  const goOn = () => {
    output.off('drain', goOn).off('close', goOn)
    input.resume()
  }
  output.on('drain', goOn).on('close', goOn)
}

function untilWritten(output: Writable): Promise<void> {
  if (output.destroyed || output.writableLength === 0) return Promise.resolve()
  return new Promise((resolve) => {
    output.once('close', resolve)
    // Called when everything before it has been written.
    output.write('', () => resolve())
  })
}

/** Waits until the stream has ended, or as long as its last output may take to arrive. */
function quietTime(input: Readable): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, QUIET_MILLISECONDS)
    function done(): void {
      clearTimeout(timer)
      input.off('close', done)
      resolve()
    }
    input.on('close', done)
  })
}
