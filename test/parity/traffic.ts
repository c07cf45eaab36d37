import { decompress } from 'fzstd'
import { withoutChance } from './chance.js'
import type { Row } from './row.js'
import type { RowPlace } from './row-place.js'
import { isForModel, type SeenConnection, type SeenRequest } from './seen.js'
import { MessageDeflate } from './websocket-frames.js'

/** What the servers of a row received. */
export type Traffic = {
  upstream: ToldConnection[]
  /** Requests that are not for the model: Codex makes them beside its turns, in random order. */
  beside: string[]
  elsewhere: ToldConnection[] | undefined
  proxy: string[] | undefined
}

type ToldConnection = {
  requests: { head: string; body: string; isWhole: boolean }[]
  frames: string[]
  tls: SeenConnection['tls']
  end: string
  stage: string
}

/**
 * The bytes that the servers of a row received, without what is random; `exitCode` is the agent's.
 */
export function trafficOf(place: RowPlace, row: Row, exitCode: number | null): Traffic {
  const alike = (text: string) => withoutChance(text, place)
  const skipped = new Set(row.notCompared?.map(({ what }) => what))
  const connection = (seen: SeenConnection): ToldConnection => ({
    requests: seen.requests.map((request) => toldRequest(request, alike)),
    frames: skipped.has('number of pongs')
      ? withOnePong(toldFrames(seen).map(alike))
      : toldFrames(seen).map(alike),
    tls: seen.tls,
    end: skipped.has('connection ends') ? 'not compared' : toldEnd(seen, row, exitCode),
    stage: skipped.has('stage') ? 'not compared' : seen.stage,
  })
  return {
    upstream: used(place.upstream.connections).filter(isModels).map(connection),
    beside: skipped.has('beside') ? [] : besideModels(place, alike),
    elsewhere: place.elsewhere && used(place.elsewhere.connections).map(connection),
    // If Tacho says that a proxy cannot be used, it does not use it.
    proxy:
      row.says !== undefined
        ? undefined
        : place.proxy?.seen.map(alike).filter((line, index, all) => line !== all[index - 1]),
  }
}

/**
 * Tacho connects while Codex starts, and retries an unreachable upstream, as Codex does at its own
 * pace: only what connections are used for counts.
 */
function used(connections: readonly SeenConnection[]): SeenConnection[] {
  return connections.filter(({ requests, frames }) => requests.length + frames.length > 0)
}

/**
 * Ids and times of another length also change the length of a body: what counts is that the length
 * is right.
 */
function toldRequest({ head, body, isWhole }: SeenRequest, alike: (text: string) => string) {
  const isZstd = isWhole && /^content-encoding: *zstd/im.test(head)
  return {
    head: alike(head.replace(`content-length: ${body.length}\r`, "content-length: THE BODY'S\r")),
    body: alike(Buffer.from(isZstd ? decompress(body) : body).toString()),
    isWhole,
  }
}

/**
 * Codex hangs up at the event that ends an answer, even if the body goes on. Whether the upstream
 * has written its last byte or its end by then, or the agent's system replies with a reset, is a
 * matter of chance; so it is if a signal ends the agent.
 */
function toldEnd({ end, stage }: SeenConnection, { signal }: Row, exitCode: number | null): string {
  const isHeard = exitCode === 0 && stage.startsWith('end of ')
  if (signal !== undefined && end !== 'open') return 'over'
  return isHeard && end !== 'open' ? 'over' : end
}

/** Codex 0.169 sends one request more or less, and knows its own name from the middle on. */
function besideModels({ upstream }: RowPlace, alike: (text: string) => string): string[] {
  const asked = upstream.connections
    .filter((seen) => !isModels(seen))
    .flatMap(({ requests }) => requests.map((request) => toldRequest(request, alike)))
    .map(({ head, body }) => withoutName(head) + body)
  return Array.from(new Set(asked)).sort()
}

function withoutName(head: string): string {
  return head
    .replace(/^originator: [^\r]*/m, 'originator: CODEX')
    .replace(/^(user-agent: )codex[\w-]*/m, '$1CODEX')
    .replace(/ \(codex[\w-]*; [\d.]+\)(?=\r)/, '')
}

function isModels({ requests }: SeenConnection): boolean {
  return requests.some(isForModel)
}

/** Of the pongs in a row, the first. */
function withOnePong(frames: readonly string[]): string[] {
  return frames.filter((frame, at) => !frame.startsWith('10 ') || frame !== frames[at - 1])
}

/** The frames as they were on the wire, without masks, with each deflated message decompressed. */
function toldFrames({ frames }: SeenConnection): string[] {
  const deflate = new MessageDeflate()
  let parts: Buffer[] = []
  let isDeflated = false
  return frames.map((frame) => {
    const marks = `${frame.opcode}${frame.isLast ? ' last' : ''}${frame.isDeflated ? ' deflated' : ''}${frame.isMasked ? ' masked' : ''}`
    if (frame.opcode >= 8) return `${marks}: ${frame.payload.toString('latin1')}`
    if (frame.opcode !== 0) {
      parts = []
      isDeflated = frame.isDeflated
    }
    parts.push(frame.payload)
    if (!frame.isLast) return `${marks}: …`
    const whole = Buffer.concat(parts)
    return `${marks}: ${(isDeflated ? deflate.inflate(whole) : whole).toString('latin1')}`
  })
}
