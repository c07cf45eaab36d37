import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { microsOfIso } from '@tacho/reader'
import { afterEach, describe, expect, test } from 'vitest'
import { elapsedOn, steadyClock } from '../../packages/recorder/dist/clock.js'
import { SessionOnDisk } from '../agents/session-on-disk.js'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const START = 1_790_000_000 * SECOND

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** How the two clocks moved between two readings of ours, in microseconds. */
type Passed = { monotonic: number; wall: number }
type Moments = {
  /** The time between the two readings by our clock, as times and as a duration. */
  between: number
  elapsed: number
  /** How far our clock is ahead of the wall clock afterwards. */
  ahead: number
}

describe('a time is the world’s, a duration the monotonic clock’s', () => {
  test.each<[name: string, passed: Passed, expected: Moments]>([
    [
      'awake',
      { monotonic: 5 * SECOND, wall: 5 * SECOND },
      { between: 5 * SECOND, elapsed: 5 * SECOND, ahead: 0 },
    ],
    [
      'asleep for an hour',
      { monotonic: 5 * SECOND, wall: HOUR + 5 * SECOND },
      { between: HOUR + 5 * SECOND, elapsed: 5 * SECOND, ahead: 0 },
    ],
    [
      'asleep, and looked at as soon as awake',
      { monotonic: 0, wall: HOUR },
      { between: HOUR, elapsed: 0, ahead: 0 },
    ],
    [
      'the wall clock was set forward by a second',
      { monotonic: SECOND, wall: 2 * SECOND },
      { between: SECOND, elapsed: SECOND, ahead: -SECOND },
    ],
    [
      'by a second and a bit',
      { monotonic: SECOND, wall: 2 * SECOND + 10 },
      { between: 2 * SECOND + 10, elapsed: SECOND, ahead: 0 },
    ],
    [
      'it was set back by an hour',
      { monotonic: 5 * SECOND, wall: 5 * SECOND - HOUR },
      { between: 5 * SECOND, elapsed: 5 * SECOND, ahead: HOUR },
    ],
  ])('%s', (_name, passed, { between, elapsed, ahead }) => {
    const machine = machineOf()
    const before = machine.clock.microseconds()
    machine.pass(passed)
    const after = machine.clock.microseconds()
    expect(after - before).toBe(between)
    expect(elapsedOn(machine.clock, before, after)).toBe(elapsed)
    expect(after - machine.wall).toBe(ahead)
  })

  test('when it was set back is told in whole microseconds', () => {
    const wall = { now: 1_000_000 }
    const clock = steadyClock({ monotonic: () => 1000.00025, wall: () => wall.now }, 999_000_000)
    clock.microseconds()
    wall.now -= HOUR / 1000
    clock.microseconds()
    expect(clock.sets().map(({ at }) => at)).toEqual([1_000_000_000])
  })

  test('it never goes back, whatever is done to the wall clock', () => {
    const machine = machineOf()
    let last = machine.clock.microseconds()
    for (const wall of [HOUR, -2 * HOUR, 1, HOUR, -HOUR, 3 * HOUR, -3 * HOUR, 0]) {
      machine.pass({ monotonic: 100, wall })
      const now = machine.clock.microseconds()
      expect(now).toBeGreaterThanOrEqual(last + 100)
      last = now
    }
  })

  test('two sleeps are left out of a duration, and those before and after it are none of its', () => {
    const machine = machineOf()
    const times = [machine.clock.microseconds()]
    for (const slept of [HOUR, HOUR, 0, 2 * HOUR]) {
      machine.pass({ monotonic: SECOND, wall: SECOND + slept })
      times.push(machine.clock.microseconds())
    }
    const elapsed = (from: number, to: number) =>
      elapsedOn(machine.clock, times[from] ?? 0, times[to] ?? 0) / SECOND
    expect([elapsed(0, 4), elapsed(0, 1), elapsed(2, 3), elapsed(1, 2)]).toEqual([4, 1, 1, 1])
  })

  test('a clock that knows of no sleep has the difference', () => {
    expect(elapsedOn({ microseconds: () => 0 }, 5, 12)).toBe(7)
  })
})

test('a process whose machine slept in an exchange: the next one has the world’s time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-clock-'))
  folders.push(folder)
  const shim = join(folder, 'clock-ahead.so')
  const source = fileURLToPath(new URL('../fixtures/clock-ahead.c', import.meta.url))
  execFileSync('gcc', ['-shared', '-fPIC', '-o', shim, source, '-ldl'])
  const recorder = new URL('../../packages/recorder/dist/index.js', import.meta.url).href
  const slept = join(folder, 'awake-again')
  const program = `
    import { writeFileSync } from 'node:fs'
    import { Recording } from '${recorder}'
    const recording = new Recording({
      root: '${folder}', agent: { name: 'codex' }, command: 'exec', argv: [], cwd: '/',
      environment: {}, logLevel: 'info', onTrouble: console.error,
    })
    const begin = () => recording.exchange({
      method: 'POST', url: 'http://api.example/v1/responses', headers: [], provider: 'example',
      conversation: { sessionId: 'slept', threadId: 't', turnId: 'turn' },
    })
    const first = begin()
    first.requestEnd()
    writeFileSync('${slept}', '')
    first.end({ state: 'completed' })
    begin().end({ state: 'completed' })
    console.log(Date.now())
    await recording.close({ exitCode: 0 })
    console.log(recording.latest.folder)
  `
  const [wall, session] = execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        LD_PRELOAD: shim,
        CLOCK_AHEAD_FILE: slept,
        CLOCK_AHEAD_SECONDS: '3600',
      },
    },
  )
    .trim()
    .split('\n') as [string, string]
  const { exchanges, ends, spans } = new SessionOnDisk(session)
  const [first, second] = exchanges.map(({ time }) => microsOfIso(time) ?? 0) as [number, number]
  expect(second - first).toBeGreaterThanOrEqual(HOUR)
  expect(Math.abs(second - Number(wall) * 1000)).toBeLessThan(HOUR / 2)
  expect(ends[0]?.at).toBeLessThan(HOUR / 2)
  // A parent never ends before its child.
  const endOf = (name: string) =>
    Math.max(
      ...spans
        .filter((span) => span.name.startsWith(name))
        .map(({ endTimeUnixNano }) => Number(endTimeUnixNano)),
    )
  expect(endOf('invoke_agent')).toBeGreaterThanOrEqual(endOf('chat'))
  expect(endOf('session')).toBeGreaterThanOrEqual(endOf('invoke_agent'))
  expect(endOf('chat') - first * 1000).toBeGreaterThan(HOUR * 1000)
})

/** A machine whose clocks are set by hand. */
function machineOf() {
  let monotonic = 0
  let wall = START
  const clock = steadyClock({ monotonic: () => monotonic / 1000, wall: () => wall / 1000 }, START)
  return {
    clock,
    pass(passed: Passed) {
      monotonic += passed.monotonic
      wall += passed.wall
    },
    get wall() {
      return wall
    },
  }
}
