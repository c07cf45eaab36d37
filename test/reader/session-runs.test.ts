import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Run } from '@tacho/format'
import { readSession } from '@tacho/reader'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import {
  endedSpan,
  RUN_ID,
  sessionsDirectory,
  spansOfTwo,
  timeAt,
  writeSession,
} from './session-folder.js'

const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
afterAll(() => {
  child.kill('SIGKILL')
})
const pid = child.pid ?? 0
const pidStarted = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[19] ?? ''

describe('how a session ended', () => {
  const cases: [name: string, isOpen: boolean, run: Partial<Run>, ended: object][] = [
    ['exit code 0', false, {}, { ended: 'completed', exitCode: 0 }],
    ['another exit code', false, { ended: { exitCode: 3 } }, { ended: 'failed', exitCode: 3 }],
    ['a signal', false, { ended: { signal: 'SIGINT' } }, { ended: 'signalled', signal: 'SIGINT' }],
    ['its process is there', true, { pid }, { ended: 'running' }],
    ['its very process is there', true, { pid, pidStarted }, { ended: 'running' }],
    ['another process has its pid', true, { pid, pidStarted: '1' }, { ended: 'died' }],
    ['its process is gone', true, {}, { ended: 'died' }],
    ['a pid that makes no sense', true, { pid: -1 }, { ended: 'died' }],
  ]
  for (const [name, isOpen, run, ended] of cases) {
    test(name, async () => {
      const folder = writeSession(sessionsDirectory(), { isOpen, run })
      const session = await readSession(folder)
      expect(session.runs[0]).toMatchObject(ended)
      expect(session).toMatchObject({ ended: session.runs[0]?.ended })
    })
  }

  const endOfRun = endedSpan({
    id: RUN_ID,
    name: 'session',
    start: 0,
    end: 2000,
    attributes: { 'tacho.exit_code': 7 },
  })

  test('a manifest that is older than the logs: the end of the session span counts', async () => {
    const meta = [...spansOfTwo(), endOfRun]
    const folder = writeSession(sessionsDirectory(), { isOpen: true, meta })
    const { ended, endedAt } = await readSession(folder)
    expect([ended, endedAt]).toEqual(['failed', timeAt(2000)])
  })

  test('no manifest: runs, times and end are those of the session spans', async () => {
    const meta = [...spansOfTwo(), endOfRun]
    const folder = writeSession(sessionsDirectory(), { manifest: 'none', meta })
    const session = await readSession(folder)
    expect(session.runs).toEqual([
      { id: RUN_ID, startedAt: timeAt(0), endedAt: timeAt(2000), ended: 'failed', exitCode: 7 },
    ])
    expect(session).toMatchObject({ startedAt: timeAt(0), agent: { name: 'codex' } })
  })
})

test('a process that was killed and not waited for is not running', async () => {
  // A shell that becomes `sleep` never waits for its child, which stays a zombie. The child ends
  // after that: before, the shell could still wait for it.
  const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  try {
    const [first] = (await once(parent.stdout, 'data')) as [Buffer]
    const zombie = Number(first.toString())
    await eventually(() =>
      expect(readFileSync(`/proc/${parent.pid}/comm`, 'latin1')).toBe('sleep\n'),
    )
    parent.stdin.end()
    while (!readFileSync(`/proc/${zombie}/stat`, 'latin1').includes(') Z ')) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const folder = writeSession(sessionsDirectory(), { isOpen: true, run: { pid: zombie } })
    expect((await readSession(folder)).ended).toBe('died')
  } finally {
    parent.kill('SIGKILL')
  }
})

test('a session of several runs stands as its last run, and runs while any of them does', async () => {
  const folder = (ended: Partial<Run>) => {
    const { runs } = manifestRuns(ended)
    return writeSession(sessionsDirectory(), { manifest: { runs } })
  }
  expect((await readSession(folder({ endedAt: timeAt(9), ended: { exitCode: 1 } }))).ended).toBe(
    'failed',
  )
  const running = await readSession(folder({ pid }))
  expect([running.ended, running.endedAt]).toEqual(['running', undefined])
})

function manifestRuns(last: Partial<Run>): { runs: Run[] } {
  const run: Run = {
    id: RUN_ID,
    tacho: '0.1.0',
    pid: 2 ** 22 + 1,
    command: 'codex',
    argv: [],
    cwd: '/',
    startedAt: timeAt(0),
    exchanges: { completed: 0, cancelled: 0, failed: 0 },
  }
  const first: Run = { ...run, endedAt: timeAt(5), ended: { exitCode: 0 } }
  // Written in the wrong order: their times decide.
  return { runs: [{ ...run, id: '00000000000000ab', startedAt: timeAt(7), ...last }, first] }
}
