import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import {
  findSessions,
  SEARCHED,
  type Searched,
  sealSession,
  searchPattern,
  searchSession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import {
  exchangeRecords,
  FIRST,
  SECOND,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

type Hit = { in: string; exchange?: number; message?: number; place: string; text: string }

/** What `tacho grep` finds, by the function that it calls. */
async function grep(directory: string, text: string, ...more: string[]): Promise<Hit[]> {
  const pattern = searchPattern(text, {
    isLiteral: more.includes('-F'),
    ignoresCase: more.includes('-i'),
  })
  const places = more.includes('--in') ? more.slice(more.indexOf('--in') + 1) : SEARCHED
  const within = new Set(places as Searched[])
  return findSessions([directory]).flatMap(({ folder }) => [
    ...(searchSession(folder, pattern, within) as Iterable<Hit>),
  ])
}

const say = (content: string, role = 'user') => ({ role, content })
const bodyOf = (...input: object[]) => JSON.stringify({ model: 'm', input })

function sessionOf(body: string, chunks: string[] = [], url?: string): string {
  const directory = sessionsDirectory()
  const more = url === undefined ? {} : { url }
  writeSession(directory, {
    raw: exchangeRecords({ id: FIRST, request: body, chunks, ...more }),
    meta: [],
  })
  return directory
}

describe('a text is found as it was said, whatever escapes it has in the log', () => {
  const TEXT = 'say "hi" to C:\\temp </b> & é 😀 it\'s\tone\nsecond line/2'
  const ascii = (json: string) =>
    json.replace(/[^ -~]|[<>&/']/g, (character) =>
      character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  const forms = { plain: bodyOf(say(TEXT)), 'as others encode it': ascii(bodyOf(say(TEXT))) }
  for (const [form, body] of Object.entries(forms)) {
    const directory = sessionOf(body)
    test.each<[pattern: string, ...more: string[]]>([
      ['say "hi"'],
      ['"hi" to C:\\temp', '-F'],
      ['C:\\\\temp'],
      ['</b> &'],
      ['é'],
      ['😀'],
      ['\\p{Emoji_Presentation}'],
      ["it's\tone"],
      ['SAY "HI"', '-i'],
      ['^second'.slice(1)],
      ['line/2'],
      ['second (line|row)'],
      ['sa?y+ "h[ij]"'],
    ])(`${form}: %s`, async (pattern, ...more) => {
      const hits = await grep(directory, pattern, ...more)
      expect(hits).toMatchObject([{ in: 'request', exchange: 1, message: 1, place: 'text' }])
    })

    test(`${form}: what was not said is not found`, async () => {
      for (const pattern of ['\\\\"hi', 'SAY', '\\\\u00e9', 'one second', 'hi\\\\n']) {
        expect(await grep(directory, pattern)).toEqual([])
      }
    })
  }

  test('in the arguments of a call, which are JSON in a text', async () => {
    const call = { type: 'function_call', call_id: 'c', name: 'exec' }
    const directory = sessionOf(bodyOf({ ...call, arguments: '{"cmd":"echo \\"a b\\""}' }))
    expect(await grep(directory, 'echo "a b"')).toMatchObject([{ place: 'tool_call exec' }])
  })
})

describe('a text that is stored once is found once', () => {
  const [first, second] = [bodyOf(say('a needle')), bodyOf(say('a needle'), say('more'))]
  const shared = first.indexOf(']}')
  const directory = sessionsDirectory()
  writeSession(directory, {
    raw: [
      ...exchangeRecords({ id: FIRST, request: first, chunks: ['{"output":[]}'] }),
      ...exchangeRecords({
        id: SECOND,
        start: 2000,
        request: [{ copy: FIRST, at: 0, length: shared }, second.slice(shared)],
        requestBytes: Buffer.from(second),
      }),
    ],
    meta: [],
  })

  test('though a later request repeats it', async () => {
    expect((await grep(directory, 'needle')).map(({ exchange }) => exchange)).toEqual([1])
    expect((await grep(directory, 'more')).map(({ exchange }) => exchange)).toEqual([2])
  })

  test('where a new piece and a copied one make it together', async () => {
    const changed = bodyOf(say('a needless change'))
    const at = changed.indexOf('ss change')
    const other = sessionsDirectory()
    writeSession(other, {
      raw: [
        ...exchangeRecords({ id: FIRST, request: first }),
        ...exchangeRecords({
          id: SECOND,
          start: 2000,
          request: [{ copy: FIRST, at: 0, length: at }, changed.slice(at)],
          requestBytes: Buffer.from(changed),
        }),
      ],
      meta: [],
    })
    for (const pattern of ['needless', 'a needless change', 'need[l]ess', 'NEEDLESS']) {
      const more = pattern === 'NEEDLESS' ? ['-i'] : []
      expect(await grep(other, pattern, ...more)).toMatchObject([{ exchange: 2, message: 1 }])
    }
  })

  test('and a sealed session gives the same', async () => {
    const before = await grep(directory, 'needle|more')
    sealSession(join(directory, '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'))
    expect(await grep(directory, 'needle|more')).toEqual(before)
    expect(await grep(directory, 'needle')).toHaveLength(1)
  })
})

describe('an answer that came in pieces is found', () => {
  const deltas = ['The nee', 'dle is', ' here.']
  test('over Chat Completions', async () => {
    const events = deltas.map((content) => ({ choices: [{ index: 0, delta: { content } }] }))
    const chunks = events.map((event) => `data: ${JSON.stringify(event)}\n\n`)
    const url = 'http://127.0.0.1:4000/v1/chat/completions'
    const directory = sessionOf(JSON.stringify({ messages: [say('hi')] }), chunks, url)
    for (const more of [[], ['--in', 'response']]) {
      expect(await grep(directory, 'needle', ...more)).toMatchObject([
        { in: 'response', exchange: 1, role: 'assistant', text: 'The needle is here.' },
      ])
    }
    expect(await grep(directory, 'needle', '--in', 'request')).toEqual([])
  })
})

test('the log, the events, heads and places are told apart', async () => {
  const directory = sessionOf(bodyOf(say('hi')))
  const folder = join(directory, '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b')
  writeFileSync(join(folder, SESSION_FILES.log), 'one line\na needle here\n', { mode: 0o600 })
  const event = { kind: 'json-rpc', params: { text: 'a "needle"' } }
  writeFileSync(join(folder, SESSION_FILES.events), `${JSON.stringify(event)}\n`, { mode: 0o600 })
  expect(await grep(directory, 'needle')).toMatchObject([
    { in: 'events', line: 1, text: 'a "needle"' },
    { in: 'log', line: 2, text: 'a needle here' },
  ])
  expect(await grep(directory, 'needle', '--in', 'log')).toHaveLength(1)
  expect(await grep(directory, 'v1/responses')).toMatchObject([{ in: 'request', place: 'url' }])
  expect(await grep(directory, 'application/json')).toMatchObject([
    { place: 'header Content-Type' },
  ])
})

test('tacho grep prints where it stands, and what stands around it', async () => {
  const directory = sessionOf(bodyOf(say('hi'), say('one\nthe "needle" here')))
  const words = ['grep', '"needle"', '--sessions-dir', directory]
  const { stdout, exitCode } = await tacho(words)
  expect(exitCode).toBe(0)
  expect(stdout.toString()).toBe(
    '0199a1b2  #1 request message 2 user, line 2:  the "needle" here\n',
  )
  const json = JSON.parse((await tacho([...words, '--json'])).stdout.toString())
  expect(json).toMatchObject({ in: 'request', exchange: 1, message: 2, line: 2, at: 4, length: 8 })
})

test('a message of a request that continues an answer has no number: what comes before is not read', async () => {
  const output = { type: 'function_call_output', call_id: 'c', output: 'a needle' }
  const directory = sessionOf(
    JSON.stringify({ model: 'm', previous_response_id: 'resp_1', input: [output] }),
  )
  const [hit, ...others] = await grep(directory, 'needle')
  expect(hit).toMatchObject({ in: 'request', role: 'tool', place: 'result of a tool' })
  expect([hit?.message, others]).toEqual([undefined, []])
  const { stdout } = await tacho(['grep', 'needle', '--sessions-dir', directory])
  expect(stdout.toString()).toBe('0199a1b2  #1 request tool, result of a tool:  a needle\n')
})

describe('bad input is told', () => {
  test.each<[words: string[], exitCode: number, stderr: RegExp]>([
    [['('], 2, /not a regular expression: .*--fixed-strings/s],
    [[''], 2, /matches everything/],
    [['x*'], 2, /matches everything/],
    [['nobody-said-that'], 1, /nothing matches in 1 session/],
    [['x', '--in', 'nowhere'], 2, /some of request, response, log, events/],
    [['x', '--since', 'never'], 2, /an age/],
    [['x', 'nobody'], 1, /no session nobody/],
    [['x', 'nobody', '--since', '1d'], 2, /exclude each other/],
  ])('tacho grep %j', async (words, exitCode, stderr) => {
    const directory = sessionOf(bodyOf(say('hi')))
    const ended = await tacho(['grep', ...words, '--sessions-dir', directory])
    expect([ended.exitCode, ended.stdout.toString()]).toEqual([exitCode, ''])
    expect(ended.stderr).toMatch(stderr)
  })
})
