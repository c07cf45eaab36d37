import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { couldMatch, forgetSession, SEARCHED, searchPattern, searchSession } from '@tacho/reader'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { eventually } from '../../host/index.js'
import {
  exchangeRecords,
  FIRST,
  lines,
  SECOND,
  sessionsDirectory,
  writeSession,
} from '../session-folder.js'

let [place, folder, directory] = ['', '', '']

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'tacho-noted-'))
  vi.stubEnv('XDG_CACHE_HOME', place)
  directory = sessionsDirectory()
  const body = (...said: string[]): string =>
    JSON.stringify({ model: 'm', input: said.map((content) => ({ role: 'user', content })) })
  const filler = Array.from({ length: 60_000 }, (_, number) => `word ${number}`).join(' ')
  const first = body('plainly said', 'begins here', filler)
  const [cut, rest] = [first.indexOf(' here'), 'with more of it"}]}']
  const second = `${first.slice(0, cut)} ${rest}`
  const deltas = ['in small', ' pie', 'ces s', 'aid', ' at last']
  folder = writeSession(directory, {
    raw: [
      ...exchangeRecords({ id: FIRST, request: first, chunks: ['{"output":[]}'] }),
      ...exchangeRecords({
        id: SECOND,
        start: 2000,
        request: [{ copy: FIRST, at: 0, length: cut }, ` ${rest}`],
        requestBytes: Buffer.from(second),
        chunks: deltas.map(
          (delta) =>
            `data: ${JSON.stringify({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta })}\n\n`,
        ),
      }),
      { kind: 'gap', reason: filler, count: 1 },
    ],
    meta: [],
  })
  settle()
})

afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(place, { recursive: true, force: true })
})

// As it will be when nobody has written to it for a minute.
const settle = (): void => utimesSync(join(folder, SESSION_FILES.raw), 1, 1)

const count = (text: string, ignoresCase = false): number =>
  [...searchSession(folder, searchPattern(text, { ignoresCase }), new Set(SEARCHED))].length

const index = (): string => join(place, 'tacho', 'index')
const noted = (): string[] => readdirSync(index()).filter((name) => name.endsWith('.grams'))

const SAID: [pattern: string, hits: number, ignoresCase?: boolean][] = [
  ['plainly said', 1],
  ['PLAINLY SAID', 0],
  ['PLAINLY SAID', 1, true],
  ['begins here', 1],
  ['begins with more', 1],
  ['in small pieces said at last', 1],
  ['pieces (said|heard) at', 1],
  ['word 59999', 1],
  ['word 60000', 0],
  ['never said', 0],
  ['gins', 1],
]

test('a search finds the same by what an earlier one noted as by reading all', async () => {
  const read = SAID.map(([text, , ignoresCase]) => count(text, ignoresCase))
  expect(read).toEqual(SAID.map(([, hits]) => hits))
  await eventually(() => {
    count('never said')
    expect(noted()).toHaveLength(1)
  })
  expect(SAID.map(([text, , ignoresCase]) => count(text, ignoresCase))).toEqual(read)
})

test('whether a text could match is told without reading it', () => {
  const could = (text: string, ignoresCase = false): boolean =>
    couldMatch(folder, searchPattern(text, { ignoresCase }), new Set(SEARCHED))
  const found = SAID.filter(([, hits]) => hits > 0)
  expect(found.filter(([text, , ignoresCase]) => !could(text, ignoresCase))).toEqual([])
  expect(could('never said')).toBe(false)
})

test('what was noted is what is asked: without the notes of a text, nobody looks for it', () => {
  const path = join(index(), noted()[0] ?? '')
  const held = readFileSync(path)
  const end = held.indexOf(10) + 1
  // Damaged: it is not trusted.
  writeFileSync(path, Buffer.concat([held.subarray(0, end), Buffer.alloc(held.length - end)]))
  expect(count('plainly said')).toBe(1)
})

test('what comes later is found, and of a session that is removed nothing is kept', async () => {
  appendFileSync(
    join(folder, SESSION_FILES.raw),
    lines(exchangeRecords({ id: '00000000000000cc', request: '{"input":"said much later"}' })),
  )
  settle()
  expect(count('said much later')).toBe(1)
  await eventually(() => {
    expect(count('said much later')).toBe(1)
    expect(noted()).toHaveLength(1)
  })
  forgetSession(folder, directory)
  expect(noted()).toEqual([])
})
