import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine } from '@tacho/format'
import {
  indexRawLog,
  readLog,
  requestBody,
  sealableBytes,
  sealSession,
  verifySession,
} from '@tacho/reader'
import { Recording } from '@tacho/recorder'
import type { Scrubbed, ScrubbedBytes } from '@tacho/scrub'
import { randomFrom } from './conversation/random.js'
import { scenarios } from './conversation/scenarios.js'
import type { Row } from './row.js'
import { median } from './statistics.js'

const MEGABYTE = 1e6
const SESSION_ID = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'

/**
 * Compares writing a record with a bare `write(2)` of the same bytes; then seals the log of a long
 * conversation and measures its size, the time taken, and the cost of reading it.
 */
export async function benchAppend(): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), 'tacho-bench-'))
  try {
    return [...(await appendRows(root)), ...(await sealRows(root))]
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const SIZES: [name: string, bytes: number, rounds: number][] = [
  ['300 B', 300, 20_000],
  ['2 KB', 2_000, 20_000],
  ['40 KB', 40_000, 2_000],
]
const ROUNDS = 7

async function appendRows(root: string): Promise<Row[]> {
  const recording = startRecording(root)
  const session = recording.session('0199a1b2-c3d4-7e5f-8a9b-000000000001')
  const bare = openSync(join(root, 'bare'), 'a', 0o600)
  const rows: Row[] = []
  for (const [name, bytes, count] of SIZES) {
    const record = {
      kind: 'chunk' as const,
      exchange: '0123456789abcdef',
      at: 1,
      content: 'x'.repeat(bytes) as Scrubbed,
    } as const
    const line = encodeLine(record, crc32)
    const times = { bare: [] as number[], append: [] as number[], encoded: [] as number[] }
    // In turn, because a disk's speed varies.
    for (let round = 0; round < ROUNDS; round += 1) {
      times.bare.push(microsOf(count, () => void writeSync(bare, line)))
      times.append.push(
        microsOf(count, () => void session.write(record, line as Uint8Array as ScrubbedBytes)),
      )
      times.encoded.push(microsOf(count, () => void session.write(record)))
    }
    const written = median(times.bare)
    rows.push(
      { what: `${name}: bare write(2)`, value: written, unit: 'µs' },
      { what: `${name}: a record to disk`, value: median(times.append), unit: 'µs' },
      {
        what: `${name}: against the bare write`,
        value: median(times.append) / written,
        unit: '×',
        limit: { most: 2 },
      },
      { what: `${name}: made into a line and to disk`, value: median(times.encoded), unit: 'µs' },
    )
  }
  closeSync(bare)
  await recording.close({ exitCode: 0 })
  return rows
}

async function sealRows(root: string): Promise<Row[]> {
  await recordConversation(root)
  const folder = join(root, SESSION_ID)
  const plainBytes = sealableBytes(folder)
  const before = readingTimes(folder)
  const sealMs = millisOf(() => sealSession(folder))
  const sealedBytes = readdirSync(folder)
    .filter((name) => /\.(zst|gz)$/.test(name))
    .reduce((sum, name) => sum + lstatSync(join(folder, name)).size, 0)
  const after = readingTimes(folder)
  const started = performance.now()
  const { damage } = await verifySession(folder)
  const verifyMs = performance.now() - started
  if (damage.length > 0) throw new Error(`the sealed session is damaged: ${damage[0]?.reason}`)
  const how = readdirSync(folder).some((name) => name.endsWith('.zst')) ? 'zstd' : 'gzip'
  return [
    { what: 'logs of a conversation of 500 turns', value: plainBytes / MEGABYTE, unit: 'MB' },
    { what: `sealed (${how})`, value: sealedBytes / MEGABYTE, unit: 'MB' },
    { what: 'sealed, part of the plain size', value: (100 * sealedBytes) / plainBytes, unit: '%' },
    { what: 'time to seal, proof included', value: sealMs, unit: 'ms' },
    { what: 'speed of sealing', value: plainBytes / MEGABYTE / (sealMs / 1000), unit: 'MB/s' },
    { what: 'the last request, plain', value: before.first, unit: 'ms' },
    { what: 'the last request, sealed', value: after.first, unit: 'ms' },
    { what: 'the last request, sealed, asked for again', value: after.again, unit: 'ms' },
    { what: 'all records, plain', value: before.all, unit: 'ms' },
    { what: 'all records, sealed', value: after.all, unit: 'ms' },
    { what: 'tacho verify, sealed', value: verifyMs, unit: 'ms' },
  ]
}

/** Records a conversation of 500 turns with answers of ordinary length. */
async function recordConversation(root: string): Promise<void> {
  const random = randomFrom(Date.now() | 0)
  const [scenario] = scenarios(random)
  if (scenario === undefined) throw new Error('there is no scenario')
  const recording = startRecording(root)
  for (const { body, threadId } of scenario.requests()) {
    const exchange = recording.exchange({
      method: 'POST',
      url: 'http://127.0.0.1:4000/v1/responses',
      headers: [['content-type', 'application/json']],
      provider: 'openai',
      conversation: { sessionId: SESSION_ID, threadId },
    })
    exchange.requestBytes(body)
    exchange.requestEnd()
    exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
    // The next request repeats what was said last; its tail is enough here.
    const said = Buffer.from(body.subarray(-4_000)).toString('latin1')
    for (let at = 0; at < said.length; at += 20) {
      const delta = said.slice(at, at + 20)
      const event = { type: 'response.output_text.delta', sequence_number: at, delta }
      exchange.responseBytes(
        Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
      )
    }
    exchange.end({ state: 'completed' })
  }
  await recording.close({ exitCode: 0 })
}

/**
 * `first` is a process that has read nothing of the log except its index; `again` comes after that.
 */
type ReadingTimes = { first: number; again: number; all: number }

function readingTimes(folder: string): ReadingTimes {
  const index = indexRawLog(folder, () => undefined)
  const last = index.exchanges.at(-1)
  if (last === undefined) throw new Error('nothing was recorded')
  const read = (): number => millisOf(() => void requestBody(folder, index, last))
  return {
    first: read(),
    again: median(Array.from({ length: 5 }, read)),
    all: millisOf(() => {
      for (const _ of readLog(folder, 'session_oai_raw.log', () => undefined)) {
        // Only reading is measured.
      }
    }),
  }
}

function startRecording(root: string): Recording {
  return new Recording({
    root,
    agent: { name: 'bench' },
    command: 'exec',
    argv: [],
    cwd: '/',
    environment: {},
    logLevel: 'info',
    onTrouble: (sentence) => {
      throw new Error(sentence)
    },
  })
}

function microsOf(count: number, work: () => void): number {
  return (
    (1000 *
      millisOf(() => {
        for (let round = 0; round < count; round += 1) work()
      })) /
    count
  )
}

function millisOf(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}
