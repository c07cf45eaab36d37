import {
  appendFileSync,
  cpSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32, gunzipSync } from 'node:zlib'
import { lineTail, SESSION_FILES } from '@tacho/format'
import {
  afterwardsScrubber,
  indexRawLog,
  readSession,
  requestBody,
  responseChunks,
  type ScrubbedSession,
  scrubbableBytes,
  scrubSession,
  sealSession,
  sessionDamage,
  verifySession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { failingCalls } from '../faults/failing-calls.js'
import { fastDirectory } from '../faults/fast-directory.js'
import { SESSION_ID, startRecording } from '../faults/recorded-session.js'
import {
  endedSpan,
  exchangeRecords,
  lines,
  sessionsDirectory,
  writeSession,
} from './session-folder.js'

const { raw, meta, events, log, manifest } = SESSION_FILES
const SECRET = 'hunter2-and-some-more-words'

test('a value is replaced in every file, over copies and chunks, and all lengths stay', async () => {
  const folder = await recorded()
  const before = await bodiesOf(folder)
  expect(before.join('')).toContain(SECRET)
  const bytes = scrubbableBytes(folder)
  let done = 0
  const scrubbed = scrub(folder, (more: number) => {
    done += more
  })
  expect(done).toBe(bytes)
  expect(scrubbed.notOurs).toEqual([])
  expect(scrubbed.files.map(({ file }) => file).sort()).toEqual(
    [raw, meta, events, log, manifest].sort(),
  )
  expectClean(folder)
  const after = await bodiesOf(folder)
  expect(after.map(({ length }) => length)).toEqual(before.map(({ length }) => length))
  expect(after.join('').match(/\[secret:value:[0-9a-f]{4}\.*\]/g)?.length).toBeGreaterThan(8)
  expect((await verifySession(folder)).damage).toEqual([])
})

test('a request still copies what it has in common with earlier ones', async () => {
  const folder = await recorded()
  const size = sizeOf(folder)
  scrub(folder)
  expect(sizeOf(folder)).toBeLessThan(size * 1.1)
})

test('what copies from a long request in which nothing is found is scrubbed all the same', async () => {
  const [half, rest] = [SECRET.slice(0, 12), SECRET.slice(12)]
  const long = `${'so it goes '.repeat(2_500_000)}${half}`
  const copies = [{ copy: 'a'.repeat(16), at: 0, length: long.length }, rest]
  const folder = writeSession(sessionsDirectory(), {
    raw: [
      ...exchangeRecords({ id: 'a'.repeat(16), request: long }),
      ...exchangeRecords({
        id: 'b'.repeat(16),
        request: copies,
        requestBytes: Buffer.from(long + rest),
      }),
    ],
  })
  expect(scrub(folder).files.map(({ file }) => file)).toContain(raw)
  const index = indexRawLog(folder, () => undefined)
  const [first = '', second = ''] = index.exchanges.map((exchange) =>
    Buffer.from(requestBody(folder, index, exchange)).toString(),
  )
  expect(first === long).toBe(true)
  expect(second.slice(-60)).toMatch(/^(?:so it goes )+\[secret:value:[0-9a-f]{4}\.*\]$/)
  expect((await verifySession(folder)).damage.filter(({ file }) => file === raw)).toEqual([])
})

const [FIRST_HALF, SECOND_HALF] = [SECRET.slice(0, 12), SECRET.slice(12)]
const [A, B] = ['a'.repeat(16), 'b'.repeat(16)]
for (const [what, records] of [
  [
    'a secret of which a request copies one half',
    [
      ...exchangeRecords({ id: A, request: `so it goes ${FIRST_HALF}` }),
      ...exchangeRecords({
        id: B,
        request: [{ copy: A, at: 11, length: 12 }, SECOND_HALF],
        requestBytes: Buffer.from(SECRET),
      }),
    ],
  ],
  [
    'a secret in two chunks',
    exchangeRecords({ id: A, request: '{}', chunks: [FIRST_HALF, SECOND_HALF] }),
  ],
  [
    'a header that carries one',
    exchangeRecords({ id: A, request: '{}', headers: [['x-key', SECOND_HALF]] }),
  ],
  [
    'a request whose kind is written with an escape',
    exchangeRecords({
      id: A,
      request: [FIRST_HALF, SECOND_HALF],
      requestBytes: Buffer.from(SECRET),
    }),
  ],
] as const) {
  test(`of a raw log in which no line shows it, ${what} is scrubbed`, () => {
    const folder = writeSession(sessionsDirectory(), { raw: [] })
    const others = exchangeRecords({ id: 'c'.repeat(16), request: '{}', chunks: ['a', 'b'] })
    const text = lines([...others, ...records]).toString()
    const escaped = what.includes('escape')
      ? text.replaceAll('request-body', 'request\\u002dbody')
      : text
    const resealed = escaped.replace(/^(.*),"crc":"[0-9a-f]{8}"\}$/gm, (_, line: string) =>
      `${line}${lineTail(crc32(line))}`.trimEnd(),
    )
    writeFileSync(join(folder, raw), resealed, { mode: 0o600 })
    expect(resealed).not.toContain(SECRET)
    expect(sessionDamage(folder).filter(({ file }) => file === raw)).toEqual([])
    expect(scrub(folder).files.map(({ file }) => file)).toContain(raw)
    expect(scrub(folder).files).toEqual([])
  })
}

test('a secret that a header reveals is found in the two chunks of an earlier answer', () => {
  const folder = writeSession(sessionsDirectory(), {
    raw: [
      ...exchangeRecords({ id: A, request: '{}', chunks: [FIRST_HALF, SECOND_HALF] }),
      ...exchangeRecords({ id: B, request: '{}', headers: [['x-api-key', SECRET]] }),
    ],
  })
  const { files } = scrubSession(folder, { scrubber: afterwardsScrubber([]) })
  expect(files.map(({ file }) => file)).toContain(raw)
  const text = contentOf(folder).find(({ name }) => name.startsWith('session_oai_raw'))?.text
  expect(text).not.toContain(FIRST_HALF)
  expect(text).not.toContain(SECOND_HALF)
})

test('spans of Tacho 0.1.0, which name the SHA-256 of a body, name the one that it has now', async () => {
  const folder = await recorded()
  const sumsIn = () =>
    records(folder, raw).flatMap(({ kind, sha256 }) => (kind === 'request-body' ? [sha256] : []))
  const spans = sumsIn().map((sum, number) =>
    endedSpan({
      id: `000000000000000${number}`,
      name: 'chat scripted',
      start: 0,
      attributes: { 'tacho.request.sha256': String(sum) },
    }),
  )
  appendFileSync(join(folder, meta), lines(spans))
  scrub(folder)
  const text = contentOf(folder).find(({ name }) => name.startsWith('session_meta'))?.text
  expect(sumsIn()).toHaveLength(EXCHANGES)
  for (const sum of sumsIn()) expect(text).toContain(sum)
})

test('a session without secrets stays as it is, to the byte', async () => {
  const folder = await recorded('nothing to hide')
  const before = filesOf(folder)
  expect(scrub(folder)).toEqual({ files: [], notOurs: [] })
  expect(filesOf(folder)).toEqual(before)
})

test('of thousands of lines those with a secret are scrubbed, and the others stay to the byte', () => {
  const folder = writeSession(sessionsDirectory())
  const quoted = 'a "quoted" password'
  const run = { run: '00000000000000aa', time: '2026-11-23T10:00:00.000000Z', after: 0 }
  const events = Array.from({ length: 6000 }, (_, number) => {
    const told = number % 1499 === 0 ? quoted : number === 3000 ? SECRET : `${number}`
    return { kind: 'log-event', name: 'said', happenedAt: 1, attributes: { told }, ...run }
  })
  const path = join(folder, SESSION_FILES.events)
  writeFileSync(path, lines(events), { mode: 0o600 })
  const before = readFileSync(path, 'utf8').split('\n')
  const scrubber = afterwardsScrubber([SECRET, quoted])
  const { files } = scrubSession(folder, { scrubber })
  expect(files).toEqual([{ file: SESSION_FILES.events, replaced: 6 }])
  const after = readFileSync(join(folder, 'session_events.1.log'), 'utf8').split('\n')
  const changed = before.flatMap((line, number) => (line === after[number] ? [] : [number]))
  expect(changed).toEqual([0, 1499, 2998, 3000, 4497, 5996])
  expect(sessionDamage(folder)).toEqual([])
  for (const number of changed) {
    const { attributes } = JSON.parse(after[number] ?? '')
    expect(attributes.told).toMatch(/^\[secret:value:[0-9a-f]{4}\.*\]$/)
  }
})

test('to scrub it twice finds nothing the second time', async () => {
  const folder = await recorded()
  scrub(folder)
  const before = filesOf(folder)
  expect(scrub(folder).files).toEqual([])
  expect(filesOf(folder)).toEqual(before)
})

test('sealed parts are scrubbed, and stay sealed', async () => {
  const folder = await recorded()
  sealSession(folder)
  const names = readdirSync(folder)
  scrub(folder)
  expect(readdirSync(folder)).toEqual(names)
  expectClean(folder)
  expect((await verifySession(folder)).damage).toEqual([])
})

test('a later run of the session writes on beside what was scrubbed', async () => {
  const folder = await recorded()
  scrub(folder)
  await record(join(folder, '..'), 'and more of it')
  const { exchanges, damage } = await readSession(folder)
  expect(exchanges).toHaveLength(2 * EXCHANGES)
  expect(damage).toEqual([])
})

test("the agent's own transcript stays, and is named; a copy that nobody else has is scrubbed", async () => {
  const folder = await recorded()
  const own = join(folder, '..', 'rollout-of-codex.jsonl')
  const line = `${JSON.stringify({ output: `the password is ${SECRET}` })}\n`
  writeFileSync(own, line)
  linkSync(own, join(folder, 'rollout-1.jsonl'))
  writeFileSync(join(folder, 'rollout-2.jsonl'), line)
  const { files, notOurs } = scrub(folder)
  expect(notOurs).toEqual([{ file: 'rollout-1.jsonl', replaced: 1 }])
  expect(files).toContainEqual({ file: 'rollout-2.jsonl', replaced: 1 })
  expect(readFileSync(own, 'utf8')).toBe(line)
  expect(readFileSync(join(folder, 'rollout-2.jsonl'), 'utf8')).not.toContain(SECRET)
})

test('a damaged line is searched as well, and stays as damaged as it is', async () => {
  const folder = await recorded()
  appendFileSync(join(folder, raw), `{"kind":"chunk","content":"${SECRET}`)
  scrub(folder)
  expectClean(folder)
  expect((await verifySession(folder)).damage).toMatchObject([
    { reason: 'the last line is cut off' },
  ])
})

test('a dry run finds the same and changes nothing', async () => {
  const folder = await recorded()
  const before = filesOf(folder)
  const dry = scrubSession(folder, { scrubber: afterwardsScrubber([SECRET]), isDry: true })
  expect(filesOf(folder)).toEqual(before)
  expect(scrub(folder)).toEqual(dry)
})

test('a session that runs is refused', () => {
  const root = sessionsDirectory()
  const recording = startRecording(root)
  exchange(recording, 1, [], SECRET)
  const folder = join(root, SESSION_ID)
  expect(() => scrub(folder)).toThrow(expect.objectContaining({ code: 'running' }))
})

describe('cut short at any call to the disk', () => {
  test('all is as it was or all is scrubbed, and the next time it is', async () => {
    const original = await recorded()
    const whole = (await bodiesOf(original)).join('')
    for (let first = 1, isHit = true; isHit; first += 1) {
      const folder = join(fastDirectory(), SESSION_ID)
      cpSync(original, folder, { recursive: true })
      const disk = failingCalls(folder, { first, code: 'EIO', isLasting: true })
      try {
        scrub(folder)
      } catch {
        // Checked below.
      } finally {
        isHit = disk.failed > 0
        disk.heal()
      }
      // In between, its readers see one or the other.
      const between = (await bodiesOf(folder)).join('')
      if (between !== whole) expect(between).not.toContain(SECRET)
      scrub(folder)
      expectClean(folder)
      expect((await bodiesOf(folder)).join('')).toHaveLength(whole.length)
    }
  })
})

const EXCHANGES = 4

function scrub(folder: string, onBytes?: (bytes: number) => void): ScrubbedSession {
  return scrubSession(folder, {
    scrubber: afterwardsScrubber([SECRET]),
    ...(onBytes && { onBytes }),
  })
}

async function recorded(secret = SECRET): Promise<string> {
  const root = sessionsDirectory()
  await record(root, secret)
  return join(root, SESSION_ID)
}

/** A session with the secret everywhere it can be. */
async function record(root: string, secret: string): Promise<void> {
  const recording = startRecording(root, { argv: ['exec', `log in with ${secret}`] })
  const items: string[] = []
  for (let number = 1; number <= EXCHANGES; number += 1) {
    // From the second request on, the secret is in what is copied, and again in what is new.
    items.push(`item ${number}: ${'history '.repeat(40)}${number === 3 ? '' : secret}`)
    exchange(recording, number, items, secret)
  }
  recording.log('info', 'codex', `the password is ${secret}`)
  await recording.close({ exitCode: 0 })
}

function exchange(
  recording: ReturnType<typeof startRecording>,
  number: number,
  items: readonly string[],
  secret: string,
): void {
  const one = recording.exchange({
    method: 'POST',
    url: `http://127.0.0.1:4000/v1/responses?about=${secret}`,
    headers: [['content-type', 'application/json']],
    provider: 'openai',
    conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' },
  })
  one.requestBytes(Buffer.from(JSON.stringify({ model: 'scripted', input: items })))
  one.requestEnd()
  one.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
  const half = Math.floor(secret.length / 2)
  for (const word of [`it is ${secret.slice(0, half)}`, `${secret.slice(half)}, is it?`]) {
    one.responseBytes(Buffer.from(word))
  }
  one.end({ state: 'completed' })
  recording.session(SESSION_ID).event({
    kind: 'log-event',
    name: 'codex.tool_result',
    attributes: {
      'conversation.id': SESSION_ID,
      call_id: `call_${number}`,
      tool_name: 'exec_command',
      arguments: JSON.stringify({ cmd: `login ${secret}` }),
    },
  })
}

async function bodiesOf(folder: string): Promise<string[]> {
  const index = indexRawLog(folder, () => undefined)
  const bodies = index.exchanges.flatMap((one) => [
    Buffer.from(requestBody(folder, index, one)),
    Buffer.concat([...responseChunks(folder, one)].map(({ bytes }) => bytes)),
  ])
  return bodies.map((body) => body.toString())
}

function contentOf(folder: string): { name: string; text: string }[] {
  return Object.entries(filesOf(folder)).map(([name, bytes]) => ({
    name,
    text: (name.endsWith('.gz') ? unsealed(bytes) : bytes).toString('latin1'),
  }))
}

/** The blocks of a sealed file are found by gzip's magic bytes. */
function unsealed(bytes: Buffer): Buffer {
  const start = bytes.indexOf(Buffer.from([0x1f, 0x8b, 8]))
  return start < 0 ? bytes : gunzipSync(bytes.subarray(start))
}

function filesOf(folder: string): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]),
  )
}

function records(folder: string, file: string): Record<string, unknown>[] {
  const stem = file.replace('.log', '')
  return contentOf(folder)
    .filter(({ name }) => name.startsWith(stem))
    .flatMap(({ text }) => text.trimEnd().split('\n'))
    .map((line) => JSON.parse(line))
}

function expectClean(folder: string): void {
  for (const { name, text } of contentOf(folder)) {
    expect(text, name).not.toContain(SECRET)
    expect(text, name).not.toContain(SECRET.slice(0, 14))
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name)).size)
    .reduce((sum, size) => sum + size, 0)
}
