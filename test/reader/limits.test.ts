import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import {
  cacheStory,
  conversationReader,
  explainSession,
  readSession,
  SEARCHED,
  scrubSession,
  searchPattern,
  searchSession,
} from '@tacho/reader'
import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
// Internal to the package.
import {
  CONVERSATION_BYTES,
  EXCHANGES,
  EXPLAINED_BYTES,
  HITS,
  LOG_WORK,
  LOOK_UP_WORK,
  PASSED_LINE_WORK,
} from '../../packages/reader/dist/limits.js'
import { lookUpsOf } from '../../packages/reader/dist/raw-index.js'
import { fingerprint } from '../scrub/fingerprint.js'
import {
  endedSpan,
  exchangeRecords,
  RUN_ID,
  sessionsDirectory,
  writeSession,
} from './session-folder.js'

test('a session of 7,000 exchanges, 800 MB and three million pieces of answers is read to its end', () => {
  expect(800e6 + 3e6 * PASSED_LINE_WORK).toBeLessThan(LOG_WORK)
})

test('of a session longer than is explained in full, the middle is explained by how its answers ended', async () => {
  const said = (type: string, more: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
  const delta = said('response.output_text.delta', { delta: 'x'.repeat(EXPLAINED_BYTES / 32) })
  const completed = said('response.completed', { response: { status: 'completed', output: [] } })
  const overloaded = JSON.stringify({ error: { code: 'server_error', message: 'Try again.' } })
  const raw = Array.from({ length: 10 }, (_, number) =>
    exchangeRecords({
      ...{ id: `111111111111111${number}`, start: 2000 * number, request: '{"stream":true}' },
      ...(number === 4 || number === 9
        ? { status: 503, chunks: [overloaded] }
        : { chunks: [...Array<string>(10).fill(delta), completed] }),
    }),
  ).flat()
  const meta = Array.from({ length: 10 }, (_, number) =>
    endedSpan({
      ...{ id: `111111111111111${number}`, name: 'chat m', start: 2000 * number },
      attributes: { 'tacho.exchange.outcome': [4, 9].includes(number) ? 'failed' : 'completed' },
    }),
  )
  const run = { exchanges: { completed: 10, cancelled: 0, failed: 0 } }
  const parts = { raw, meta: [...meta, endedSpan({ id: RUN_ID, name: 'session', start: 0 })], run }
  const told = await explainSession(writeSession(sessionsDirectory(), parts))
  expect(told.causes.map(({ code, exchange }) => [code, exchange])).toEqual([['server-error', 10]])
  expect(told.notes.map(({ code, exchange }) => [code, exchange])).toEqual([['server-error', 5]])
  // The earlier try was answered, although its chunks are not read.
  expect(told.notes[0]?.sentence).toMatch(/^At exchange 5 the API failed/)
  expect(told.unreadAnswers).toBe(2)
  expect(told.session.damage).toEqual([])
})

test('the longest request that is read as a conversation is read, and one byte more is refused', () => {
  const [start, end] = ['{"model":"m","input":"', '"}']
  const textBytes = CONVERSATION_BYTES - start.length - end.length
  const raw = [0, 1].flatMap((more) =>
    exchangeRecords({
      id: `111111111111111${more}`,
      request: `${start}${'x'.repeat(textBytes + more)}${end}`,
    }),
  )
  const reader = conversationReader(writeSession(sessionsDirectory(), { raw }))
  const [longest, longer] = reader.requests()
  if (longest === undefined || longer === undefined) throw new Error('there are two requests')
  expect(reader.given(longest).request.messages).toHaveLength(1)
  expect(() => reader.given(longer)).toThrow(
    `exchange 2 has ${CONVERSATION_BYTES + 1} bytes: up to ${CONVERSATION_BYTES} are read`,
  )
})

test('a log with more damaged lines than are searched is not called scrubbed', () => {
  const scrub = (log: string, lines: string) => {
    const folder = writeSession(sessionsDirectory())
    writeFileSync(join(folder, log), lines, { mode: 0o600 })
    const scrubber = createScrubber({ fingerprint })
    return scrubSession(folder, { scrubber, isDry: true, onBytes: () => undefined })
  }
  // Lines are searched together, and one by one only where something is found among them.
  const key = `AKIA${'Q7XZ5NPW3RTK2M6L'}`
  const found = `${'x\n'.repeat(2_000)}${key}\n`.repeat(200)
  for (const log of [SESSION_FILES.raw, SESSION_FILES.meta]) {
    expect(() => scrub(log, found)).toThrow('than are scrubbed at once')
    expect(scrub(log, 'x\n'.repeat(400_000)).files).toEqual([])
  }
})

test('of a session with more exchanges than are held, the first are read and no others, and it is not called scrubbed', async () => {
  const id = (number: number) => number.toString(16).padStart(16, '0')
  const raw = Array.from({ length: EXCHANGES + 2 }, (_, number) =>
    exchangeRecords({ id: id(number), request: '{}' }).slice(0, 1),
  ).flat()
  const folder = writeSession(sessionsDirectory(), { raw })
  const session = await readSession(folder)
  expect(session.exchanges).toHaveLength(EXCHANGES)
  expect(session.damage.map(({ line }) => line)).toEqual([EXCHANGES + 1])
  const scrubber = createScrubber({ fingerprint })
  const scrub = () => scrubSession(folder, { scrubber, isDry: true, onBytes: () => undefined })
  expect(scrub).toThrow(`more than ${EXCHANGES} exchanges`)
})

test('what was made of requests ends where as much was read again as may be, and that is damage', async () => {
  const raw = [1, 2, 3].flatMap((number) =>
    exchangeRecords({ id: `111111111111111${number}`, request: '{"model":"m","input":"a"}' }),
  )
  const folder = writeSession(sessionsDirectory(), { raw })
  const { exchanges } = await readSession(folder)
  const reader = conversationReader(folder)
  const [first] = reader.requests()
  if (first === undefined) throw new Error('there are requests')
  const story = cacheStory(reader, exchanges)
  expect(story.next().value).toMatchObject({ exchange: 1 })
  expect(reader.damage).toEqual([])
  lookUpsOf(first).spend(LOOK_UP_WORK)
  expect([...story]).toEqual([])
  expect(reader.damage).toMatchObject([{ file: SESSION_FILES.raw, lines: 0 }])
})

test('a search gives as many lines as anybody looks through, and says that there are more', () => {
  const folder = writeSession(sessionsDirectory())
  writeFileSync(join(folder, SESSION_FILES.log), 'x\n'.repeat(HITS + 1), { mode: 0o600 })
  let [hits, passed] = [0, 0]
  const pattern = searchPattern('x', { isLiteral: true, ignoresCase: false })
  for (const _ of searchSession(folder, pattern, new Set(SEARCHED), () => (passed += 1))) hits += 1
  expect(hits).toBe(HITS)
  expect(passed).toBe(1)
})
