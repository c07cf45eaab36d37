import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Exchange } from './exchange.js'
import { cutEvent, EventGzip } from './pieces.js'
import type { Rendered } from './render.js'
import type { Broken, Sent } from './script.js'

/** Where an answer has to wait for a test. */
export type Cues = {
  /** This many events are written (0: the head is). Resolves when the next one may be. */
  sent(events: number): Promise<void>
  /** Waits while everything is held. */
  whileHeld(): Promise<void>
}

/** What an answer is played on. */
export type Stage = Cues & {
  response: ServerResponse
  exchange: Exchange
  /** The connection is closed. */
  gone: AbortSignal
}

/** What `garbage` writes unless the script says otherwise. */
export const NOT_HTTP = '\x00\x01 this is not HTTP\r\n'

/** Sends an answer with its delays, its pieces and its fault. Ends early if the client does. */
export async function play(rendered: Rendered, how: Sent & Broken, stage: Stage): Promise<void> {
  const { response, exchange, gone } = stage
  await pause(how.headDelay, gone)
  await stage.whileHeld()
  if (gone.aborted || breaksBeforeHead(how, stage)) return
  await sendHead(rendered, stage)

  const gzip = how.gzip ? new EventGzip() : undefined
  for (const event of rendered.events) {
    const bytes = gzip === undefined ? event : await gzip.event(event)
    if (exchange.eventsSent > 0) await pause(how.eventDelay, gone)
    await stage.whileHeld()
    if (gone.aborted || (await breaksHere(how, stage, bytes))) return
    for (const piece of cutEvent(bytes, how.cut)) await write(piece, stage)
    if (gone.aborted) return
    exchange.eventsSent += 1
    await stage.sent(exchange.eventsSent)
  }
  await stage.whileHeld()
  if (gone.aborted || (await breaksHere(how, stage, undefined))) return
  if (gzip !== undefined) await write(await gzip.end(), stage)
  response.end()
}

/** Waits, unless the client leaves first. */
export async function pause(milliseconds: number | undefined, gone: AbortSignal): Promise<void> {
  if (milliseconds === undefined) return
  await wait(milliseconds, undefined, { signal: gone }).catch(() => {})
}

function breaksBeforeHead({ fault }: Broken, { response, exchange }: Stage): boolean {
  if (fault === undefined || (fault.kind !== 'garbage' && fault.after !== undefined)) return false
  exchange.isBroken = fault.kind !== 'hang'
  if (fault.kind === 'reset') response.socket?.resetAndDestroy()
  if (fault.kind === 'garbage') response.socket?.end(fault.bytes ?? NOT_HTTP)
  return true
}

async function sendHead({ status, headers }: Rendered, stage: Stage): Promise<void> {
  stage.response.writeHead(status, headers)
  stage.response.flushHeaders()
  stage.exchange.status = status
  stage.exchange.responseHeaders = headers
  await stage.sent(0)
}

/** Causes the fault when it is due; `next` is missing after the last event. */
async function breaksHere(
  { fault }: Broken,
  stage: Stage,
  next: Buffer | undefined,
): Promise<boolean> {
  const { response, exchange } = stage
  if (fault === undefined || fault.kind === 'garbage') return false
  const isDue = next === undefined || exchange.eventsSent >= (fault.after ?? 0)
  if (!isDue) return false
  switch (fault.kind) {
    case 'hang':
      return true
    case 'end':
      response.end()
      return true
    case 'reset':
      if (fault.insideEvent && next) await write(next.subarray(0, next.length >> 1), stage)
      exchange.isBroken = true
      response.socket?.resetAndDestroy()
      return true
    default:
      return fault satisfies never
  }
}

/** Resolves when the system has the bytes, so that a subsequent reset does not swallow them. */
async function write(bytes: Buffer, { response, exchange, gone }: Stage): Promise<void> {
  if (gone.aborted || bytes.length === 0) return
  exchange.addResponseBytes(bytes)
  await new Promise<void>((resolve) => {
    const done = () => {
      gone.removeEventListener('abort', done)
      resolve()
    }
    gone.addEventListener('abort', done)
    response.write(bytes, done)
  })
}
