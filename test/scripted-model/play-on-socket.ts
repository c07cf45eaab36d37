import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Exchange } from './exchange.js'
import { cutEvent } from './pieces.js'
import { type Cues, NOT_HTTP, pause } from './play.js'
import type { Broken, Sent } from './script.js'

/** The WebSocket that an answer is played on, and the connection below it. */
export type SocketStage = {
  socket: WebSocket
  wire: Duplex
  exchange: Exchange
  /** The socket is gone. */
  gone: AbortSignal
}

/** Sends an answer, one message per event, with its delays, its fragments and its fault. */
export async function playOnSocket(
  events: Iterable<string | Uint8Array>,
  how: Sent & Broken,
  stage: SocketStage,
  cues: Cues,
): Promise<void> {
  const { exchange, gone } = stage
  await pause(how.headDelay, gone)
  await cues.whileHeld()
  await cues.sent(0)
  for (const event of events) {
    const bytes = Buffer.from(event)
    if (exchange.eventsSent > 0) await pause(how.eventDelay, gone)
    await cues.whileHeld()
    if (gone.aborted || (await breaksHere(how, stage, bytes))) return
    const pieces = Array.from(cutEvent(bytes, how.cut))
    for (const [index, piece] of pieces.entries()) {
      await send(piece, index === pieces.length - 1, stage)
    }
    if (gone.aborted) return
    exchange.eventsSent += 1
    await cues.sent(exchange.eventsSent)
  }
  await cues.whileHeld()
  if (gone.aborted || (await breaksHere(how, stage, undefined))) return
  exchange.isFinished = true
}

/** Causes the fault when it is due; `next` is missing after the last event. */
async function breaksHere(
  { fault }: Broken,
  stage: SocketStage,
  next: Buffer | undefined,
): Promise<boolean> {
  const { socket, wire, exchange } = stage
  if (fault === undefined) return false
  const due = fault.kind === 'garbage' ? 0 : (fault.after ?? 0)
  if (next !== undefined && exchange.eventsSent < due) return false
  exchange.isBroken = fault.kind !== 'hang'
  switch (fault.kind) {
    case 'hang':
      return true
    case 'end':
      socket.close(fault.code ?? 1000)
      return true
    case 'garbage':
      wire.end(fault.bytes ?? NOT_HTTP)
      return true
    case 'reset':
      if (fault.insideEvent && next) await send(next.subarray(0, next.length >> 1), false, stage)
      if (wire instanceof Socket) wire.resetAndDestroy()
      return true
    default:
      return fault satisfies never
  }
}

/** Resolves when the system has the bytes, so that a subsequent reset does not swallow them. */
async function send(bytes: Buffer, fin: boolean, { socket, exchange, gone }: SocketStage) {
  if (gone.aborted) return
  exchange.addResponseBytes(fin ? Buffer.concat([bytes, NEWLINE]) : bytes)
  // A socket that closes meanwhile calls back with an error.
  await new Promise<void>((resolve) => socket.send(bytes, { binary: false, fin }, () => resolve()))
}

const NEWLINE = Buffer.from('\n')
