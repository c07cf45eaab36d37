import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { contentOf } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import {
  exchangeRecords,
  FIRST,
  SECOND,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import { type Finished, TACHO, tacho } from './tacho.js'

const bytes = Buffer.concat([
  Buffer.from('é\u001b[31m\r\n\0'),
  randomBytes(64),
  Buffer.from([0x80]),
])

describe('the very bytes, and nothing else', () => {
  test('of a request, copied pieces and bytes that are no text included', async () => {
    const raw = [
      ...exchangeRecords({ id: FIRST, request: 'abcdef' }),
      ...exchangeRecords({
        id: SECOND,
        request: [{ copy: FIRST, at: 2, length: 3 }, { base64: bytes.toString('base64') }],
        requestBytes: Buffer.concat([Buffer.from('cde'), bytes]),
      }),
    ]
    const { stdout, stderr, exitCode } = await rawOf(raw, '2', '--request')
    expect(stdout).toEqual(Buffer.concat([Buffer.from('cde'), bytes]))
    expect([stderr, exitCode]).toEqual(['', 0])
  })

  test('of a response', async () => {
    const raw = exchangeRecords({ id: FIRST, chunks: ['data: é', contentOf(bytes), '\n\n'] })
    const { stdout, stderr, exitCode } = await rawOf(raw, '1', '--response')
    expect(stdout).toEqual(Buffer.concat([Buffer.from('data: é'), bytes, Buffer.from('\n\n')]))
    expect([stderr, exitCode]).toEqual(['', 0])
  })

  test('of a large response, however slowly it is read', () => {
    const chunk = 'x'.repeat(1 << 20)
    const folder = sessionsDirectory()
    writeSession(folder, { raw: exchangeRecords({ id: FIRST, chunks: Array(24).fill(chunk) }) })
    const command = `"${TACHO}" raw last 1 --response --sessions-dir "${folder}" | { read -n 1; cat; } | wc -c`
    const { stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    expect(Number(stdout)).toBe(24 * (1 << 20) - 1)
  })

  test('on a terminal they are made visible, with a word on stderr', () => {
    const folder = sessionsDirectory()
    writeSession(folder, { raw: exchangeRecords({ id: FIRST, chunks: ['a\u001b[31m\nb'] }) })
    const command = `"${TACHO}" raw last 1 --response --sessions-dir "${folder}"`
    const seen = execFileSync('script', ['-qec', command, '/dev/null']).toString()
    expect(seen).toContain('a\\x1b[31m\r\nb')
    expect(seen).toContain('control characters are made visible')
  })
})

describe('what is missing is said, with exit code 3', () => {
  const whole = exchangeRecords({ id: FIRST, request: 'r', chunks: ['ab', 'cd'] })
  const cases: [name: string, raw: object[], flag: string, stdout: string, words: string][] = [
    [
      'a lost chunk',
      whole.filter((record) => !('content' in record && record.content === 'ab')),
      '--response',
      'cd',
      'The response body of exchange 1 is not whole',
    ],
    ['no response yet', whole.slice(0, 2), '--response', '', 'none had arrived'],
    ['no response yet, chunk by chunk', whole.slice(0, 2), '--chunks', '', 'none had arrived'],
    [
      'a request that was not kept',
      exchangeRecords({
        id: FIRST,
        request: [{ omitted: 70_000_000 }],
        requestBytes: Buffer.from('x'),
      }),
      '--request',
      '',
      '70000000 bytes of this body were not kept',
    ],
    [
      'a request whose record is gone',
      whole.filter((record) => record.kind !== 'request-body').map(sentOne),
      '--request',
      '',
      'there is no record of it in the log',
    ],
  ]
  for (const [name, raw, flag, stdout, words] of cases) {
    test(name, async () => {
      const finished = await rawOf(raw, '1', flag)
      expect([finished.stdout.toString(), finished.exitCode]).toEqual([stdout, 3])
      expect(finished.stderr).toContain(words)
    })
  }

  const faults: [
    name: string,
    kind: string,
    says: object,
    flag: string,
    there: string,
    words: string,
  ][] = [
    ['a request that was cut', 'request-body', { cut: true }, '--request', 'r', 'was seen'],
    ['one that came broken', 'request-body', { broken: 'zstd: x' }, '--request', 'r', 'zstd: x'],
    ['an answer that came broken', 'end', { broken: 'gzip: x' }, '--response', 'abcd', 'gzip: x'],
    ['one longer than is decoded', 'end', { stopped: 4 }, '--response', 'abcd', 'at 4 bytes'],
  ]
  for (const [name, kind, says, flag, there, words] of faults) {
    test(`${name}: what is there, and one line about the rest`, async () => {
      const raw = whole.map((record) => (record.kind === kind ? { ...record, ...says } : record))
      const { stdout, stderr, exitCode } = await rawOf(raw, '1', flag)
      expect([stdout.toString(), exitCode]).toEqual([there, 3])
      expect(stderr).toMatch(
        /^tacho: The (request|response) body of exchange 1 is not whole: .*\n$/,
      )
      expect(stderr).toContain(words)
    })
  }

  test('without a flag, the rest is shown all the same', async () => {
    const raw = whole.filter((record) => record.kind !== 'request-body').map(sentOne)
    const { stdout, stderr, exitCode } = await rawOf(raw, '1')
    expect(stdout.toString()).toContain('abcd')
    expect(stderr).toContain('The request body of exchange 1 cannot be given back')
    expect(exitCode).toBe(3)
  })
})

test('what had arrived of an answer in flight is given, with a word on stderr', async () => {
  const raw = exchangeRecords({ id: FIRST, chunks: ['ab'], state: 'in-flight' })
  const { stdout, stderr, exitCode } = await rawOf(raw, '1', '--response')
  expect([stdout.toString(), exitCode]).toEqual(['ab', 0])
  expect(stderr).toContain('exchange 1 never ended')
})

test('without a flag, both halves are shown with their heads', async () => {
  const raw = exchangeRecords({
    id: FIRST,
    headers: [
      ['X-Twice', 'one'],
      ['x-twice', 'two'],
    ],
    request: '{"a":1}',
    chunks: ['data: x\n\n'],
    statusText: 'Fine',
  })
  const { stdout, exitCode } = await rawOf(raw, '1')
  expect(stdout.toString()).toBe(
    [
      'POST http://127.0.0.1:4000/v1/responses',
      'X-Twice: one',
      'x-twice: two',
      '',
      '{"a":1}',
      '',
      '200 Fine, after 100ms',
      'content-type: text/event-stream',
      '',
      'data: x\n\n',
    ].join('\n'),
  )
  expect(exitCode).toBe(0)
})

test('--chunks is a line for each chunk, with its time', async () => {
  const raw = exchangeRecords({ id: FIRST, chunks: ['a\n', contentOf(Buffer.from([0xff]))] })
  const { stdout } = await rawOf(raw, '1', '--chunks')
  expect(stdout.toString()).toBe('   120.000ms       2 B  a\\n\n   130.000ms       1 B  \\xff\n')
  const json = await rawOf(raw, '1', '--chunks', '--json')
  expect(
    json.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { atMs: 120, bytes: 2, text: 'a\n' },
    { atMs: 130, bytes: 1, base64: '/w==' },
  ])
})

for (const [name, words, exitCode, told] of [
  ['an exchange that is not there', ['2'], 1, 'has no exchange 2. It has only exchange 1.'],
  ['the exchange 0', ['0'], 2, 'It must be a number, 1 or greater'],
  ['no number', ['x'], 2, 'It must be a number, 1 or greater'],
  ['two flags', ['1', '--request', '--response'], 2, 'cannot be used with'],
  ['two other flags', ['1', '--request', '--chunks'], 2, 'cannot be used with'],
  ['--json alone', ['1', '--json'], 2, '--json goes with --chunks'],
] as const) {
  test(`${name}: exit code ${exitCode}`, async () => {
    const finished = await rawOf(exchangeRecords({ id: FIRST }), ...words)
    expect([finished.stdout.toString(), finished.exitCode]).toEqual(['', exitCode])
    expect(finished.stderr).toContain(told)
  })
}

function sentOne<Sent extends object>(record: Sent): Sent {
  return 'requestBytes' in record ? { ...record, requestBytes: 1 } : record
}

function rawOf(raw: object[], ...words: string[]): Promise<Finished> {
  const directory = sessionsDirectory()
  writeSession(directory, { raw })
  return tacho(['raw', 'last', ...words, '--sessions-dir', directory])
}
