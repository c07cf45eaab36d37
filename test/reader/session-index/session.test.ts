import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { type RawRecord, SESSION_FILES } from '@tacho/format'
import { indexRawLog, type RawIndex, readSession, type Session, sealSession } from '@tacho/reader'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { tacho } from '../../cli/tacho.js'
import {
  endedSpan,
  exchangeRecords,
  lines,
  sessionsDirectory,
  startedSpan,
  timeAt,
  writeSession,
} from '../session-folder.js'

const EXCHANGES = 160
const idOf = (number: number) => number.toString(16).padStart(16, '0')

/** Records that a log may contain among chunks with text. */
const ODD: Record<number, RawRecord[]> = {
  20: [{ kind: 'chunk', exchange: idOf(20), at: 500_000, content: [{ base64: '/w==' }, 'x'] }],
  30: [{ kind: 'chunk', exchange: idOf(30), at: 500_000, content: 'more', continued: true }],
  40: [{ kind: 'chunk', exchange: 'ffffffffffffffff', at: 1, content: 'of nobody’s' }],
  50: [{ kind: 'unparsed', exchange: idOf(50), at: 600_000, side: 'response', reason: 'odd' }],
  90: [
    {
      kind: 'gap',
      ...{
        time: timeAt(90),
        since: timeAt(80),
        lost: { chunk: 2 },
        bytes: 9,
        reason: 'a full disk',
      },
    },
  ],
}

/** The records of a log that is worth an index; some answers have no end. */
function records(): RawRecord[] {
  const text = '“naïve”\n'.repeat(100)
  return Array.from({ length: EXCHANGES }, (_, number) => {
    const chunks = Array.from({ length: 12 }, (_, chunk) => `${chunk} ${text}`)
    const isOpen = number % 25 === 3
    const all = exchangeRecords({
      id: idOf(number),
      start: number * 1000,
      request: `{"input":"${number}"}`,
      chunks,
      state: isOpen ? 'in-flight' : 'completed',
      turnId: `turn-${number >> 3}`,
    })
    const odd = ODD[number] ?? []
    return isOpen ? [...all, ...odd] : [...all.slice(0, -1), ...odd, ...all.slice(-1)]
  }).flat()
}

function spans(): object[] {
  return Array.from({ length: EXCHANGES }, (_, number) => {
    const [id, start, name] = [idOf(number), number * 1000, 'chat gpt-5.5']
    const attributes = { 'gen_ai.request.model': 'gpt-5.5', 'gen_ai.usage.input_tokens': number }
    const started = startedSpan({ id, name, start })
    return number % 25 === 3
      ? [started]
      : [started, endedSpan({ id, name, start, end: start + 900, attributes })]
  }).flat()
}

let cache = ''
let folder = ''
afterEach(() => vi.unstubAllEnvs())
beforeEach(() => {
  cache = sessionsDirectory()
  const root = sessionsDirectory()
  folder = writeSession(root, { isOpen: true, raw: records(), meta: spans() })
})

const log = (file: 'raw' | 'meta' = 'raw') => join(folder, SESSION_FILES[file])
const indexFolder = () => join(cache, 'tacho', 'index')
const indexFile = () => join(indexFolder(), readdirSync(indexFolder())[0] ?? '')

type Read = { session: Session; index: RawIndex }

async function indexed(): Promise<Read> {
  vi.stubEnv('XDG_CACHE_HOME', cache)
  return { session: await readSession(folder), index: indexRawLog(folder, () => undefined) }
}

async function withoutIndex(): Promise<Read> {
  vi.stubEnv('XDG_CACHE_HOME', '/proc/nothing')
  return { session: await readSession(folder), index: indexRawLog(folder, () => undefined) }
}

/** The result is the same with an index and without, and again from what was kept. */
async function expectTheSame(): Promise<void> {
  const plain = await withoutIndex()
  expect(await indexed()).toEqual(plain)
  expect(await indexed()).toEqual(plain)
}

test('a session says the same by its index', async () => {
  await expectTheSame()
  expect(lstatSync(indexFile()).mode & 0o777).toBe(0o600)
  const { session } = await indexed()
  expect(session.exchanges).toHaveLength(EXCHANGES)
  expect(session.damage).toMatchObject([{ reason: 'of an exchange whose beginning is lost' }])
})

test('a log that grows is read on from where it was read to, cut wherever it was', async () => {
  const whole = lines(records())
  const meta = lines(spans())
  const steps = [0.6, 0.61, 0.6101, 0.9, 1]
  for (const [number, part] of steps.entries()) {
    // The same file continues, as its writer would continue it.
    for (const [file, bytes] of [
      ['raw', whole],
      ['meta', meta],
    ] as const) {
      const from = Math.floor(bytes.length * (steps[number - 1] ?? 0))
      const piece = bytes.subarray(from, Math.floor(bytes.length * part))
      if (number === 0) writeFileSync(log(file), piece)
      else appendFileSync(log(file), piece)
    }
    await expectTheSame()
  }
})

test('a log that goes on is not read from its beginning', async () => {
  await indexed()
  const whole = readFileSync(log())
  appendFileSync(log(), lines(exchangeRecords({ id: idOf(9999), start: 999_999 })))
  const before = lstatSync(log())
  // What precedes the place where it continues is damaged: anyone who read it would notice.
  const file = openSync(log(), 'r+')
  writeSync(file, Buffer.alloc(1000, '#'), 0, 1000, whole.length - 100_000)
  closeSync(file)
  expect(lstatSync(log()).ino).toBe(before.ino)
  const { session } = await indexed()
  expect(session.exchanges.at(-1)?.id).toBe(idOf(9999))
  expect(session.damage).toHaveLength(1)
})

describe('what is no continuation is read anew', () => {
  test.each<[string, () => unknown]>([
    [
      'a byte is flipped where it stands',
      () => {
        const file = openSync(log(), 'r+')
        writeSync(file, Buffer.from('#'), 0, 1, 100_000)
        closeSync(file)
      },
    ],
    ['the log is shorter', () => truncateSync(log(), 1_500_000)],
    [
      'another file has its name',
      () => {
        copyFileSync(log(), `${log()}.new`)
        appendFileSync(`${log()}.new`, lines(exchangeRecords({ id: idOf(777), start: 1 })))
        renameSync(`${log()}.new`, log())
      },
    ],
    ['it is gone', () => rmSync(log())],
    ['its spans are gone', () => rmSync(log('meta'))],
    ['the index is gone', () => rmSync(indexFile())],
    ['the index is cut off', () => truncateSync(indexFile(), lstatSync(indexFile()).size - 9)],
    ['the index is something else', () => writeFileSync(indexFile(), '{}\n')],
  ])('%s', async (_, change) => {
    await indexed()
    change()
    await expectTheSame()
  })

  test('a bit of the index is flipped', async () => {
    const { session } = await indexed()
    const bytes = readFileSync(indexFile())
    const path = indexFile()
    for (let at = 0; at < bytes.length; at += Math.floor(bytes.length / 16)) {
      const spoilt = Buffer.from(bytes)
      spoilt[at] = (spoilt[at] ?? 0) ^ (1 << (at % 8))
      writeFileSync(path, spoilt)
      expect((await indexed()).session, `byte ${at}`).toEqual(session)
    }
  })
})

test('a session that is sealed, and then resumed, says the same', async () => {
  writeSession(join(folder, '..'), { raw: records(), meta: spans() })
  await indexed()
  sealSession(folder)
  expect(existsSync(log())).toBe(false)
  await expectTheSame()
  writeFileSync(log(), lines(exchangeRecords({ id: idOf(9999), start: 999_999 })))
  await expectTheSame()
})

test('a small session leaves no index', async () => {
  folder = writeSession(sessionsDirectory())
  await indexed()
  expect(existsSync(indexFolder())).toBe(false)
})

test('many processes at once have one answer', async () => {
  const words = ['show', folder, '--json']
  const environment = { XDG_CACHE_HOME: cache }
  const answers = await Promise.all(Array.from({ length: 5 }, () => tacho(words, environment)))
  expect(new Set(answers.map(({ stdout }) => stdout.toString())).size).toBe(1)
  const again = await tacho(words, environment)
  expect(again.stdout.toString()).toBe(answers[0]?.stdout.toString())
  expect(readdirSync(indexFolder())).toHaveLength(1)
})
