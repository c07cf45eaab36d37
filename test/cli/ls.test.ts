import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  sessionsDirectory,
  spansOfTwo,
  TURN,
  timeAt,
  writeSession,
} from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

const directory = sessionsDirectory()
const [good, died, broken, future] = ['1', '2', '3', '4'].map(
  (digit) => `0199a1b${digit}-0000-7000-8000-000000000000`,
) as [string, string, string, string]
writeSession(directory, { id: good, run: { startedAt: timeAt(1000) } })
writeSession(directory, { id: died, isOpen: true, run: { startedAt: timeAt(2000) } })
rmSync(join(writeSession(directory, { id: broken }), SESSION_FILES.manifest))
writeSession(directory, { id: future, manifest: { format: 2 } })
mkdirSync(join(directory, '2026'))

test('ls --json is an array of the sessions, the last started first', async () => {
  const { stdout, stderr, exitCode } = await tacho(['ls', '--json', '--sessions-dir', directory])
  const sessions = JSON.parse(stdout.toString())
  expect(sessions).toHaveLength(4)
  expect(sessions.find(({ id }: { id: string }) => id === good)).toMatchObject({
    agent: 'codex',
    agentVersion: '0.169.0',
    startedAt: timeAt(0),
    lastStartedAt: timeAt(1000),
    endedAt: timeAt(2500),
    durationMs: 1500,
    ended: 'completed',
    exitCode: 0,
    cwd: '/home/ada/project',
    exchanges: { completed: 1, cancelled: 0, failed: 0, inFlight: 0 },
    usage: { inputTokens: 1200, outputTokens: 34 },
    damage: [],
    newerFormat: null,
  })
  expect(sessions.find(({ id }: { id: string }) => id === died)).toMatchObject({
    endedAt: null,
    ended: 'died',
    exchanges: { completed: 1, cancelled: 0, failed: 0, inFlight: 1 },
  })
  const starts = sessions.map(({ lastStartedAt }: { lastStartedAt: string }) => lastStartedAt)
  expect(starts).toEqual([...starts].sort().reverse())
  expect([stderr, exitCode]).toEqual(['', 0])
})

describe('ls shows what Claude Code calls a session', () => {
  const titled = (...titles: object[]) => {
    const root = sessionsDirectory()
    const raw = exchangeRecords({
      id: FIRST,
      request: JSON.stringify({ model: 'm', input: 'mend the incomprehensible parser' }),
    })
    const folder = writeSession(root, { raw, manifest: { agent: { name: 'claude' } } })
    const lines = titles.map((line) => `${JSON.stringify(line)}\n`)
    writeFileSync(join(folder, 'a.jsonl'), `{"type":"user"}\n${lines.join('')}`)
    return root
  }
  const ai = (aiTitle: string) => ({ type: 'ai-title', aiTitle })

  test.each<[what: string, lines: object[], title: string | null]>([
    ['the last one', [ai('One'), ai('Mend\n the parser')], 'Mend the parser'],
    ["its user's own first", [{ type: 'custom-title', customTitle: 'Mine' }, ai('One')], 'Mine'],
    ['an old summary', [{ type: 'summary', summary: 'It was so' }], 'It was so'],
    ['a long word of the prompt', [ai('Incomprehensible parser')], 'Incomprehensible parser'],
    // Nobody has replaced secrets in a transcript.
    ['nothing that could be a secret', [ai('Use hunter2hunter2')], null],
    ['nothing where there is none', [], null],
  ])('%s', async (_, lines, title) => {
    const { stdout } = await tacho(['ls', '--json', '--sessions-dir', titled(...lines)])
    expect(JSON.parse(stdout.toString())[0].title).toBe(title)
  })
})

describe('ls shows only what is asked for', () => {
  const many = sessionsDirectory()
  const idOf = (digit: number) => `0199a1b${digit}-0000-7000-8000-000000000000`
  const prompts = ['fix the Flaky test', 'why is it slow?', 'fix the build']
  for (const [number, prompt] of prompts.entries()) {
    const raw = exchangeRecords({
      id: FIRST,
      request: JSON.stringify({ model: 'gpt-5.5', input: prompt }),
      turnId: TURN,
    })
    const startedAt = timeAt(number * 3_600_000)
    const ended = { exitCode: number === 1 ? 7 : 0 }
    const cwd = `/home/ada/project${number}/src`
    const run = { startedAt, endedAt: timeAt(number * 3_600_000 + 1000), ended, cwd }
    writeSession(many, { id: idOf(number), raw, run })
  }
  writeSession(many, {
    id: idOf(3),
    isOpen: true,
    run: { pid: process.pid, startedAt: timeAt(4 * 3_600_000) },
    meta: [
      ...spansOfTwo(),
      ...['allowed', 'denied'].map((outcome, number) =>
        endedSpan({
          id: `000000000000000${number}`,
          name: 'approval command',
          start: 100,
          attributes: { 'tacho.approval.outcome': outcome },
        }),
      ),
      endedSpan({ id: '0000000000000009', name: 'cancellation', start: 200 }),
      endedSpan({
        id: '0000000000000008',
        name: 'chat gpt-5.5',
        start: 2000,
        attributes: { 'tacho.exchange.outcome': 'failed', 'error.type': 'server_error' },
      }),
    ],
  })

  test.each<[words: string[], found: number[]]>([
    [
      ['-n', '2'],
      [3, 2],
    ],
    [['--lines', '1'], [3]],
    [['fix'], [3, 2, 0]],
    [['flaky', 'FIX'], [0]],
    [['fix the'], [2, 0]],
    [['--failed'], [3, 1]],
    [['--running'], [3]],
    [
      ['--since', timeAt(2 * 3_600_000)],
      [3, 2],
    ],
    [
      ['--until', timeAt(3_600_000)],
      [1, 0],
    ],
    [['--cwd', '/home/ada/project1'], [1]],
    [['--cwd', '/home/ada/project'], [3]],
    [['--cwd=/home/ada/project2/src', '--agent', 'codex'], [2]],
    [['--agent', 'claude'], []],
  ])('ls %j', async (words, found) => {
    const { stdout, exitCode } = await tacho(['ls', ...words, '--json', '--sessions-dir', many])
    const sessions: { id: string }[] = JSON.parse(stdout.toString())
    expect(sessions.map(({ id }) => Number(id[7]))).toEqual(found)
    expect(exitCode).toBe(0)
  })

  test('with its prompts and what stands out', async () => {
    const { stdout } = await tacho(['ls', '--json', '--sessions-dir', many])
    const [running, , slow] = JSON.parse(stdout.toString())
    const marks = { errors: 1, approvals: 2, denied: 1, cancellations: 1, lastOutcome: 'failed' }
    expect(running).toMatchObject(marks)
    expect(slow).toMatchObject({
      prompts: ['why is it slow?'],
      errors: 0,
    })
    const table = (await tacho(['ls', '--sessions-dir', many])).stdout.toString()
    expect(table).toMatch(/running.*1 error, 2 approvals \(1 denied\), 1 cancelled.*fix it/)
  })

  test('where none is like that, stderr says so', async () => {
    const { stdout, stderr, exitCode } = await tacho(['ls', 'nonsense', '--sessions-dir', many])
    expect([stdout.toString(), exitCode]).toEqual(['', 0])
    expect(stderr).toBe(`tacho: no session is like that in\n  ${many}\n`)
  })

  test.each([['-n', '0'], ['-n', 'x'], ['--since', 'soon'], ['--nonsense']])(
    'ls %s %s is wrong use',
    async (...words) => {
      const { stderr, exitCode } = await tacho(['ls', ...words, '--sessions-dir', many])
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/^tacho: /)
    },
  )
})

test('ls in a pipe shows whole ids, counts, tokens, and what is damaged or too new', async () => {
  const { stdout } = await tacho(['ls', '--sessions-dir', directory])
  const lines = stdout.toString().split('\n')
  const lineOf = (id: string) => lines.find((line) => line.startsWith(id)) ?? ''
  expect(lineOf(good)).toMatch(
    /2026-11-23 10:00:01 +1\.5s +codex 0\.169\.0 +completed +1 +1\.2k\/34/,
  )
  expect(lineOf(died)).toMatch(/died +2 \(1 in flight\)/)
  expect(lineOf(broken)).toMatch(/codex +died, damaged/)
  expect(lineOf(future)).toContain('format 2: needs a newer Tacho')
  expect(stdout.includes(0x1b)).toBe(false)
})

test('ls on a terminal fits its width, with ids that are short and with colours', () => {
  const seen = onTerminal(`stty cols 80; "${TACHO}" ls --sessions-dir "${directory}"`)
  const lines = seen.trimEnd().split('\r\n')
  const plain = lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, ''))
  expect(Math.max(...plain.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(seen).toContain('\u001b[32mcompleted')
  expect(plain.slice(1).every((line) => /^0199a1b\d /.test(line))).toBe(true)
})

test.each([
  ['NO_COLOR=1', false],
  ['FORCE_COLOR=1', true],
])('%s is respected', async (variable, isColoured) => {
  const [name = '', value = ''] = variable.split('=')
  const { stdout } = await tacho(['ls', '--sessions-dir', directory], { [name]: value })
  expect(stdout.includes(0x1b)).toBe(isColoured)
  if (!isColoured) {
    const seen = onTerminal(`${variable} "${TACHO}" ls --sessions-dir "${directory}"`)
    expect(seen).not.toContain('\u001b')
  }
})

test('ls --ids prints ids and nothing else', async () => {
  const { stdout } = await tacho(['ls', '--ids', '--sessions-dir', directory])
  expect(stdout.toString().trim().split('\n').sort()).toEqual([good, died, broken, future])
})

test('no sessions: stdout stays empty, and stderr says where was looked and what to do', async () => {
  const empty = sessionsDirectory()
  const { stdout, stderr, exitCode } = await tacho(['ls', '--sessions-dir', empty])
  expect([stdout.toString(), exitCode]).toEqual(['', 0])
  expect(stderr).toContain(empty)
  expect(stderr).toContain('tacho codex --persist-session')
  const json = await tacho(['ls', '--json', '--sessions-dir', empty])
  expect(json.stdout.toString()).toBe('[]\n')
})

test('TACHO_SESSIONS_DIR and CODEX_HOME are looked at together', async () => {
  const home = sessionsDirectory()
  mkdirSync(join(home, 'sessions'))
  const other = '0199ffff-0000-7000-8000-000000000000'
  writeSession(join(home, 'sessions'), { id: other })
  const { stdout } = await tacho(['ls', '--ids'], {
    TACHO_SESSIONS_DIR: directory,
    CODEX_HOME: home,
  })
  expect(stdout.toString().trim().split('\n').sort()).toEqual([good, died, broken, future, other])
})

test('a reader that goes away early ends ls quietly', () => {
  const many = sessionsDirectory()
  for (let number = 0; number < 300; number += 1) {
    const folder = join(many, `${String(number).padStart(100, '0')}`)
    mkdirSync(folder)
    writeFileSync(join(folder, SESSION_FILES.manifest), '{}')
  }
  const script = `{ "${TACHO}" ls --json --sessions-dir "${many}"; echo "code $?" >&2; } | head -c 10`
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['[\n  {\n    ', 'code 0\n'])
})

function onTerminal(command: string): string {
  // Nothing else of ours: with CI set, Node assumes that no terminal has colours.
  const environment = { PATH: process.env.PATH, TZ: 'UTC', TERM: 'xterm', PAGER: 'cat' }
  return execFileSync('script', ['-qec', command, '/dev/null'], { env: environment }).toString()
}
