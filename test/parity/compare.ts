import type { Row } from './row.js'
import type { RowRun } from './run-row.js'
import type { SeenConnection, SeenRequest } from './seen.js'
import { MessageDeflate } from './websocket-frames.js'

/** What of a run of a row must be the same with Tacho and without. */
export type Told = {
  isStuck: boolean
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Lines of Codex's own log, which come among the others by luck. */
  log: string[]
  upstream: ToldConnection[]
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

/** A run in the words in which it is compared with the other run of its row. */
export function told(run: RowRun, row: Row): Told {
  const alike = (text: string) => withoutChance(text, run)
  const skipped = new Set(row.notCompared?.map(({ what }) => what))
  const connection = (seen: SeenConnection): ToldConnection => ({
    requests: seen.requests.map((request) => toldRequest(request, alike)),
    frames: toldFrames(seen).map(alike),
    tls: seen.tls,
    end: skipped.has('connection ends') ? 'not compared' : toldEnd(seen, run, row),
    stage: skipped.has('stage') ? 'not compared' : seen.stage,
  })
  const errors = alike(withoutTapAddress(run.ended.stderr.toString(), run))
  return {
    isStuck: run.isStuck,
    exitCode: run.ended.exitCode,
    signal: run.ended.signal,
    stdout: alike(run.ended.stdout.toString()),
    stderr: skipped.has('stderr')
      ? 'not compared'
      : withoutOurs(errors.replaceAll(LOG_LINE, ''), row),
    log: skipped.has('stderr') ? [] : (errors.match(LOG_LINE) ?? []).sort(),
    upstream: used(run.upstream.connections).map(connection),
    elsewhere: run.elsewhere && used(run.elsewhere.connections).map(connection),
    // Where Tacho says that a proxy cannot be used, it does not use it.
    proxy:
      row.says !== undefined
        ? undefined
        : run.proxy?.seen.map(alike).filter((line, index, all) => line !== all[index - 1]),
  }
}

/**
 * What differs between any two runs of Codex: ids, the folders of the test, ports, times, the key of
 * a WebSocket. Names and order of headers, lengths and every other byte stay.
 */
function withoutChance(text: string, run: RowRun): string {
  return text
    .replaceAll(`127.0.0.1:${run.upstream.port}`, 'UPSTREAM')
    .replaceAll(`127.0.0.1:${run.elsewhere?.port}`, 'ELSEWHERE')
    .replaceAll(`:${run.upstream.port}`, ':PORT')
    .replaceAll(`:${run.proxy?.port}`, ':PROXY-PORT')
    .replaceAll(run.home.root, 'ROOT')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/("[\w]*_unix_ms\\?":)\d+/g, '$1TIME')
    .replaceAll(/Chunk ID: [0-9a-f]{6}(\\+n)Wall time: [\d.]+/g, 'Chunk ID: ID$1Wall time: TIME')
    .replaceAll(/^(thread '.*' \()\d+(?=\) panicked)/gm, '$1THREAD')
    .replaceAll(/(request-start-ms":")\d+/g, '$1TIME')
    .replaceAll(/(sec-websocket-accept: )[\w+/]{27}=/gi, '$1KEY')
    .replaceAll(/^(sec-websocket-key: )[^\r]*/gim, '$1KEY')
    .replaceAll(CLIENT_METADATA, (_, members: string) => {
      return `"client_metadata":{${(members.match(MEMBER) ?? []).sort().join()}}`
    })
    .replaceAll(/^ (succeeded|exited \d+) in \d+m?s:$/gm, ' $1 in TIME:')
}

const LOG_LINE = /^TIME +(ERROR|WARN) .*\n/gm

// Seen on Codex 0.169: the members of this object, and only of this, come in an order of chance.
const MEMBER = /"(?:[^"\\]|\\.)*":"(?:[^"\\]|\\.)*"/g
const CLIENT_METADATA = new RegExp(`"client_metadata":\\{((?:${MEMBER.source},?)*)\\}`, 'g')

/**
 * Codex prints the URL that it called where it is answered 401 or 404 or cannot connect. Under record
 * that is the tap's: the one thing that may differ in what a user sees (docs/recording-codex.md).
 */
function withoutTapAddress(stderr: string, { origin }: RowRun): string {
  const [scheme = '', authority = ''] = origin.split('://')
  return stderr
    .replaceAll(/\b(http|ws):\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/[\w.:[\]-]+(?=\/)/g, '$1://TAP')
    .replaceAll(/\b(http|ws):\/\/127\.0\.0\.1:\d+(?=\/)/g, '$1://TAP')
    .replaceAll(/\b(http|ws):\/\/TAP/g, (_, of: string) => {
      return `${of}${scheme.endsWith('s') ? 's' : ''}://${authority}`
    })
}

/**
 * Tacho connects while Codex starts, and tries again and again to reach an upstream that is away, as
 * Codex does in its own time: what counts is what connections are used for.
 */
function used(connections: readonly SeenConnection[]): SeenConnection[] {
  return connections.filter(({ requests, frames }) => requests.length + frames.length > 0)
}

/** Without the one line that Tacho owes the user in this row. */
function withoutOurs(stderr: string, { says }: Row): string {
  if (says === undefined) return stderr
  const isOurs = (line: string) => line.startsWith('tacho: ') && line.includes(says)
  return stderr
    .split('\n')
    .filter((line) => !isOurs(line))
    .join('\n')
}

function toldRequest({ head, body, isWhole }: SeenRequest, alike: (text: string) => string) {
  return { head: alike(head), body: alike(body.toString()), isWhole }
}

/**
 * Codex hangs up at the event that ends an answer, whatever of its body is still to come. Whether the
 * upstream has written its last byte or its end by then, or the agent's system answers that with a
 * reset, is luck; and so it is where a signal ends the agent.
 */
function toldEnd({ end, stage }: SeenConnection, { ended }: RowRun, { signal }: Row): string {
  const isHeard = ended.exitCode === 0 && stage.startsWith('end of ')
  if (signal !== undefined && end !== 'open') return 'over'
  return isHeard && end !== 'open' ? 'over' : end
}

/** The frames as they stood on the wire, but for masks, and each deflated message readable. */
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
