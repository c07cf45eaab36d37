import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { BodyEncoder, encodeLine, otlpAttributes, SESSION_FILES } from '@tacho/format'
import { Conversation, type Session } from '../conversation/conversation.js'
import { prose } from '../conversation/prose.js'
import type { Random } from '../conversation/random.js'

/** The shape of a generated session. */
export type GeneratedSession = {
  id: string
  /** Milliseconds since 1970. */
  started: number
  exchanges: number
  /** Approximate size of each answer, in bytes. */
  answerBytes: number
  /** What its requests have in common with those of other sessions. */
  shared: Session
}

const RUN = '00f067aa0ba902b7'
const EXCHANGES_OF_A_TURN = 8
/** After this many exchanges the context is full. */
const COMPACTED_AFTER = 100
const WRITTEN_AT_ONCE = 4 * 1024 * 1024

/** Writes a finished session as a recorder would have, without an agent. */
export function writeGenerated(root: string, random: Random, session: GeneratedSession): string {
  const folder = join(root, session.id)
  mkdirSync(folder, { mode: 0o700 })
  const [raw, meta, events] = [SESSION_FILES.raw, SESSION_FILES.meta, SESSION_FILES.events].map(
    (name) => new Lines(join(folder, name)),
  ) as [Lines, Lines, Lines]
  const { exchanges, started } = session
  const lasting = exchanges * 2000 + 500
  const write = { raw, meta, spans: spansOf(session) }
  events.add({ kind: 'run-started', run: RUN, time: iso(started), after: 0, ...RUN_STARTED })
  write.meta.add(write.spans.started(RUN, undefined, 'session', started))
  const conversation = new Conversation(random, session.shared, 1_050)
  const encoder = new BodyEncoder()
  for (let number = 0; number < exchanges; number += 1) {
    if (number % COMPACTED_AFTER === COMPACTED_AFTER - 1) conversation.compact()
    writeExchange(write, encoder, conversation, { random, session, number })
  }
  write.meta.add(write.spans.ended(RUN, undefined, 'session', started, started + lasting, END))
  events.add({ kind: 'run-ended', run: RUN, time: iso(started + lasting), after: 0, exitCode: 0 })
  for (const lines of [raw, meta, events]) lines.close()
  writeFileSync(join(folder, SESSION_FILES.manifest), manifestOf(session, lasting), { mode: 0o600 })
  return folder
}

type Writing = { raw: Lines; meta: Lines; spans: ReturnType<typeof spansOf> }

type Place = { random: Random; session: GeneratedSession; number: number }

function writeExchange(
  { raw, meta, spans }: Writing,
  encoder: BodyEncoder,
  conversation: Conversation,
  { random, session, number }: Place,
): void {
  const exchange = random.hex(16)
  const at = session.started + number * 2000
  const turn = Math.floor(number / EXCHANGES_OF_A_TURN)
  const [turnId, turnSpan] = [`turn-${turn}`, turn.toString(16).padStart(16, '0')]
  const attributes = { 'gen_ai.conversation.id': session.id, 'tacho.turn.id': turnId }
  if (number % EXCHANGES_OF_A_TURN === 0) {
    meta.add(spans.started(turnSpan, RUN, 'invoke_agent codex', at, attributes))
  }
  const { body } = conversation.next()
  const encoded = encoder.encode(exchange, body)
  raw.add({
    kind: 'exchange',
    exchange,
    time: iso(at),
    method: 'POST',
    url: 'https://api.openai.com/v1/responses',
    headers: [['content-type', 'application/json']],
    run: RUN,
    threadId: session.id,
    turnId,
  })
  const sha256 = createHash('sha256').update(body).digest('hex')
  const [content, bytes] = [encoded.content, body.length]
  raw.add({ kind: 'request-body', exchange, at: 400, content, bytes, sha256 })
  encoder.keep(encoded)
  raw.add({ kind: 'response', exchange, at: 300_000, status: 200, statusText: 'OK', headers: [] })
  const answer = writeAnswer(raw, exchange, random, session.answerBytes)
  raw.add({
    ...{ kind: 'end', exchange, at: 1_500_000, state: 'completed', requestBytes: bytes },
    ...answer,
  })
  const chat = 'chat gpt-5.5'
  const of = { ...attributes, ...CHAT, 'gen_ai.usage.input_tokens': Math.round(bytes / 4) }
  meta.add(spans.started(exchange, turnSpan, chat, at))
  meta.add(spans.ended(exchange, turnSpan, chat, at, at + 1500, of))
  const tool = random.hex(16)
  const name = 'execute_tool exec_command'
  const command = { ...attributes, 'tacho.tool.command': prose(random, 30), ...TOOL }
  meta.add(spans.started(tool, turnSpan, name, at + 1500))
  meta.add(spans.ended(tool, turnSpan, name, at + 1500, at + 1900, command))
  const isLast =
    number === session.exchanges - 1 || number % EXCHANGES_OF_A_TURN === EXCHANGES_OF_A_TURN - 1
  if (!isLast) return
  const began = session.started + turn * EXCHANGES_OF_A_TURN * 2000
  const ended = { ...attributes, 'tacho.turn.status': 'completed' }
  meta.add(spans.ended(turnSpan, RUN, 'invoke_agent codex', began, at + 1950, ended))
}

/** In events of a few words, as they come. */
function writeAnswer(raw: Lines, exchange: string, random: Random, length: number) {
  const hash = createHash('sha256')
  let responseBytes = 0
  const add = (chunk: number, event: { type: string }): void => {
    const content = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
    raw.add({ kind: 'chunk', exchange, at: 300_000 + chunk * 1000, content })
    responseBytes += Buffer.byteLength(content)
    hash.update(content)
  }
  let chunk = 0
  for (; responseBytes < length; chunk += 1) {
    add(chunk, deltaOf(prose(random, 12), chunk))
  }
  add(chunk, COMPLETED)
  return { responseBytes, responseSha256: hash.digest('hex') }
}

const COMPLETED = { type: 'response.completed', response: { status: 'completed', output: [] } }

function deltaOf(delta: string, index: number): { type: string } & Record<string, unknown> {
  return { type: 'response.output_text.delta', delta, index }
}

const RUN_STARTED = {
  command: 'exec',
  cwd: '/home/ada/project',
  pid: 4_194_305,
  version: '0.1.0',
  agent: { name: 'codex', version: '0.169.0' },
  taps: ['http'],
}
const END = { 'tacho.exit_code': 0 }
const TOOL = { 'gen_ai.tool.name': 'exec_command', 'tacho.tool.outcome': 'completed' }
const CHAT = {
  'gen_ai.request.model': 'gpt-5.5',
  'gen_ai.usage.output_tokens': 340,
  'http.response.status_code': 200,
  'tacho.exchange.outcome': 'completed',
}

function spansOf({ id }: GeneratedSession) {
  const traceId = id.replaceAll('-', '')
  const span = (
    spanId: string,
    parentSpanId: string | undefined,
    name: string,
    at: number,
    attributes: Record<string, string | number> = {},
  ) => ({
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: 1,
    startTimeUnixNano: `${at}000000`,
    attributes: otlpAttributes({ 'session.id': id, ...attributes }),
  })
  return {
    started: (...parts: Parameters<typeof span>) => ({ started: span(...parts) }),
    ended(
      spanId: string,
      parent: string | undefined,
      name: string,
      at: number,
      end: number,
      attributes: Record<string, string | number>,
    ) {
      const one = { ...span(spanId, parent, name, at, attributes), endTimeUnixNano: `${end}000000` }
      const scopeSpans = [{ scope: { name: 'tacho' }, spans: [{ ...one, status: {} }] }]
      return { resourceSpans: [{ resource: { attributes: [] }, scopeSpans }] }
    },
  }
}

function manifestOf({ id, started, exchanges }: GeneratedSession, lasting: number): string {
  const run = {
    ...{ id: RUN, tacho: '0.1.0', agentVersion: '0.169.0', pid: RUN_STARTED.pid, command: 'exec' },
    ...{ argv: ['exec', 'fix it'], cwd: RUN_STARTED.cwd, startedAt: iso(started) },
    ...{ endedAt: iso(started + lasting), ended: { exitCode: 0 } },
    exchanges: { completed: exchanges, cancelled: 0, failed: 0 },
  }
  const traceId = id.replaceAll('-', '')
  const agent = RUN_STARTED.agent
  return JSON.stringify({ format: 1, id, traceId, agent, startedAt: iso(started), runs: [run] })
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z')
}

/** Writes the log in large pieces: only reading it is measured. */
class Lines {
  readonly #descriptor: number
  #waiting: Uint8Array[] = []
  #bytes = 0

  constructor(path: string) {
    this.#descriptor = openSync(path, 'ax', 0o600)
  }

  add(record: object): void {
    const line = encodeLine(record, crc32)
    this.#waiting.push(line)
    this.#bytes += line.length
    if (this.#bytes >= WRITTEN_AT_ONCE) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#descriptor)
  }

  #flush(): void {
    writeSync(this.#descriptor, Buffer.concat(this.#waiting))
    this.#waiting = []
    this.#bytes = 0
  }
}
