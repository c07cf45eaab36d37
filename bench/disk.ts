import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { Recording } from '@tacho/recorder'
import { Conversation, newSession, type Request } from './conversation/conversation.js'
import { randomFrom } from './conversation/random.js'
import { startMitmdump } from './disk/mitmdump.js'
import { startUpstream } from './disk/upstream.js'
import type { Row } from './row.js'

const SESSION_ID = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const EXCHANGES = 300
/** What each request adds to the one before it. */
const TURN_BYTES = 1_000
const ANSWER_WORDS = 12

/**
 * What a session takes on disk, compared with what was new in it: the part of each request that the
 * previous one did not have, and each answer. Beside it mitmproxy for the same traffic, if
 * installed.
 */
export async function benchDisk(seed: number = Date.now() | 0): Promise<Row[]> {
  const random = randomFrom(seed)
  const conversation = new Conversation(random, newSession(random), TURN_BYTES)
  const requests = Array.from({ length: EXCHANGES }, () => conversation.next())
  const answers = requests.map((_, number) => answerOf(number))
  const fresh = sum(requests.map(({ newBytes }) => newBytes)) + sum(answers.map(bytesIn))
  const sizes = await recordedSizes(requests, answers)
  const all = sum([...sizes.values()])
  const each = (what: string, file: string, limit?: Row['limit']): Row => ({
    what,
    value: (sizes.get(file) ?? 0) / EXCHANGES,
    unit: 'B/exchange',
    ...(limit && { limit }),
  })
  return [
    { what: 'seed', value: seed, unit: '' },
    { what: 'sent and received', value: sum(requests.map(sentBytes)) / 1e6, unit: 'MB' },
    { what: 'of it new', value: fresh / 1e6, unit: 'MB' },
    each('raw log', SESSION_FILES.raw),
    each('spans', SESSION_FILES.meta, { most: 3_000 }),
    { what: 'session folder', value: all / 1e6, unit: 'MB' },
    { what: 'against what was new', value: all / fresh, unit: '×', limit: { most: 2 } },
    ...(await mitmproxyRows(requests, answers, fresh)),
  ]
}

async function recordedSizes(
  requests: readonly Request[],
  answers: readonly string[][],
): Promise<Map<string, number>> {
  const root = mkdtempSync(join(tmpdir(), 'tacho-bench-'))
  try {
    const recording = new Recording({
      root,
      agent: { name: 'codex' },
      command: 'exec',
      argv: [],
      cwd: root,
      environment: {},
      logLevel: 'info',
      onTrouble: (sentence) => process.stderr.write(`${sentence}\n`),
    })
    for (const [number, request] of requests.entries()) {
      record(recording, request, answers[number] ?? [])
      recording.later.settleAll()
    }
    await recording.close({ exitCode: 0 })
    const folder = join(root, SESSION_ID)
    return new Map(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function record(recording: Recording, { body }: Request, events: readonly string[]): void {
  const turn = { session_id: SESSION_ID, thread_id: SESSION_ID, turn_id: 'turn-1' }
  const exchange = recording.exchange({
    method: 'POST',
    url: 'https://api.openai.com/v1/responses',
    headers: [
      ['content-type', 'application/json'],
      ['accept', 'text/event-stream'],
      ['user-agent', 'codex_exec/0.169.0 (Linux; x86_64)'],
      ['x-codex-turn-metadata', JSON.stringify(turn)],
      ['content-length', String(body.length)],
    ],
    provider: 'openai',
    conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' },
  })
  exchange.requestBytes(body)
  exchange.requestEnd()
  exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
  for (const event of events) exchange.responseBytes(Buffer.from(event))
  exchange.end({ state: 'completed' })
}

/** The events of a stream of the Responses API; a few arrive together. */
function answerOf(number: number): string[] {
  const event = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
  const words = Array.from({ length: ANSWER_WORDS }, (_, word) => `word ${number}.${word} `)
  const deltas = words.map((delta, sequence_number) =>
    event('response.output_text.delta', { item_id: `msg_${number}`, delta, sequence_number }),
  )
  const usage = { input_tokens: 10_000 + number, output_tokens: ANSWER_WORDS, total_tokens: 11_000 }
  const response = { id: `resp_${number}`, status: 'completed', model: 'gpt-5.5', usage }
  return [
    deltas.slice(0, ANSWER_WORDS / 2).join(''),
    deltas.slice(ANSWER_WORDS / 2).join('') + event('response.completed', { response }),
  ]
}

async function mitmproxyRows(
  requests: readonly Request[],
  answers: readonly string[][],
  fresh: number,
): Promise<Row[]> {
  await using upstream = await startUpstream(answers.map((events) => events.join('')))
  await using proxy = await startMitmdump(upstream.url)
  if (proxy === undefined) return []
  for (const { body } of requests) {
    const answer = await fetch(`${proxy.url}/v1/responses`, { method: 'POST', body })
    await answer.arrayBuffer()
  }
  return [{ what: 'mitmdump -w, the same', value: (await proxy.written()) / fresh, unit: '×' }]
}

function sentBytes({ body }: Request): number {
  return body.length
}

function bytesIn(events: readonly string[]): number {
  return sum(events.map((event) => Buffer.byteLength(event)))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
