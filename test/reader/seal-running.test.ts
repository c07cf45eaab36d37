import { spawnSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Manifest, SESSION_FILES } from '@tacho/format'
import { isRunning, readLog, readSession, sealSession, verifySession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { AppendFile } from '../../packages/recorder/dist/append-file.js'
import { realDisk } from '../../packages/recorder/dist/disk.js'
import { acknowledged, readAppended, startAppender } from '../faults/appender.js'
import { isSoak } from '../faults/extent.js'
import { delayedCall } from '../faults/failing-calls.js'
import { fastDirectory } from '../faults/fast-directory.js'
import {
  recordExchanges,
  recordSession,
  SESSION_ID,
  startRecording,
} from '../faults/recorded-session.js'
import { asScrubbedBytes } from '../recorder/as-scrubbed.js'

const { raw, manifest } = SESSION_FILES
const FOREIGN = '0123456789abcdef'
const NAMESPACE = ['unshare', '--map-root-user', '--pid', '--fork', '--kill-child']
const hasNamespaces = spawnSync('unshare', [...NAMESPACE.slice(1), 'true']).status === 0
/** In a soak each of some 200 seals waits for 1.5 s. */
const SOAK_MILLISECONDS = 900_000

describe('a session that is recorded in another PID namespace', () => {
  test.skipIf(!hasNamespaces)('is not sealed while it runs, and loses nothing', async () => {
    const root = fastDirectory()
    const folder = join(root, SESSION_ID)
    const work = { root, sessionId: SESSION_ID, name: 'elsewhere', seed: 5 }
    await using appender = startAppender(work, NAMESPACE)
    await appender.stdout.containing('\n50 true\n')
    expect(isRunning(folder)).toBe(true)
    expect(() => sealSession(folder)).toThrow(/is running/)
    expect(readdirSync(folder).some((name) => /\.\d+\.log/.test(name))).toBe(false)
    appender.kill('SIGKILL')
    const { written } = acknowledged(await appender.ended)
    grownOld(folder)
    expect(isRunning(folder)).toBe(false)
    sealSession(folder)
    const { numbers, damage } = readAppended(folder)
    expect(numbers.get('elsewhere')?.slice(0, written.length)).toEqual(written)
    expect(damage.length).toBeLessThan(2)
  })

  test('is known by its locks, however long it has been silent', async () => {
    const root = fastDirectory()
    const folder = join(root, SESSION_ID)
    const recording = startRecording(root)
    recordExchanges(recording, 1)
    seenFromElsewhere(folder)
    grownOld(folder)
    expect(isRunning(folder)).toBe(true)
    expect((await readSession(folder)).ended).toBe('running')
    expect(() => sealSession(folder)).toThrow(/is running/)
    await recording.close({ exitCode: 0 })
    expect(isRunning(folder)).toBe(false)
  })

  test('is known by its heartbeat where there are no locks', async () => {
    const folder = await recorded()
    seenFromElsewhere(folder)
    expect(isRunning(folder)).toBe(true)
    grownOld(folder)
    expect(isRunning(folder)).toBe(false)
    expect((await readSession(folder)).ended).toBe('died')
  })
})

test('a run that begins at any call of a sealing loses nothing, and nothing is sealed under it', async () => {
  const before = await recorded(1)
  for (let at = 1, isOver = false; !isOver; at += 1) {
    const root = fastDirectory()
    const folder = join(root, SESSION_ID)
    cpSync(before, folder, { recursive: true })
    let resumed: ReturnType<typeof startRecording> | undefined
    const meanwhile = () => {
      resumed = startRecording(root)
      recordExchanges(resumed, 1)
    }
    const calls = delayedCall(folder, { at, meanwhile })
    try {
      sealSession(folder)
    } catch (error) {
      expect(error, `call ${at}`).toMatchObject({ code: 'running' })
    } finally {
      calls.heal()
    }
    isOver = calls.failed === 0
    if (resumed === undefined) break
    recordExchanges(resumed, 1)
    await resumed.close({ exitCode: 0 })
    expect(resumed.latest.lost, `call ${at}`).toEqual({})
    const { damage, gaps } = await verifySession(folder)
    expect([damage, gaps.count], `call ${at}`).toEqual([[], 0])
    expect((await readSession(folder)).exchanges, `call ${at}`).toHaveLength(3)
    rmSync(root, { recursive: true })
  }
})

describe('a session that is taken for dead and is not', { timeout: SOAK_MILLISECONDS }, () => {
  // Without locks, and with an invisible process: all that is left is that both look.
  test('loses nothing that its recorder writes at any call of a sealing', async () => {
    const before = await recorded(1)
    let most = 200
    for (let at = 1; at < most; at += isSoak ? 1 : 61) {
      const folder = join(fastDirectory(), SESSION_ID)
      cpSync(before, folder, { recursive: true })
      seenFromElsewhere(folder)
      grownOld(folder)
      const now = () => Date.now() * 1000
      const gapLine = () => asScrubbedBytes(Buffer.from('{"kind":"gap"}\n'))
      const log = new AppendFile({ disk: realDisk, path: join(folder, raw), now, gapLine })
      const write = (number: number) => {
        expect(log.append(asScrubbedBytes(lineNumber(number)), 'written')).toBe(true)
        grownOld(folder)
      }
      write(1)
      const calls = delayedCall(folder, { at, meanwhile: () => write(2) })
      try {
        sealSession(folder)
      } catch (error) {
        expect((error as Error).name, `call ${at}`).toBe('ReaderError')
      } finally {
        calls.heal()
      }
      most = Math.min(most, calls.calls)
      write(3)
      log.close()
      expect(log.lost, `call ${at}`).toEqual({})
      expect(numbersIn(folder), `call ${at}`).toEqual(calls.failed === 1 ? [1, 2, 3] : [1, 3])
    }
  })

  test.each([
    ['before the plain file goes', 0],
    ['after it has gone', 1],
  ])('loses nothing that a writer of no rules writes %s', async (_, plus) => {
    const folder = await recorded(1)
    const writer = openSync(join(folder, raw), 'a')
    const target = join(folder, 'session_oai_raw.1.log')
    const at = { name: 'rmSync', target, plus }
    const calls = delayedCall(folder, { at, meanwhile: () => writeSync(writer, lineNumber(1)) })
    sealSession(folder)
    calls.heal()
    closeSync(writer)
    expect(calls.failed).toBe(1)
    expect(numbersIn(folder)).toEqual([1])
    expect(readdirSync(folder)).toContain('session_oai_raw.2.log')
    sealSession(folder)
    expect(numbersIn(folder)).toEqual([1])
    expect((await readSession(folder)).exchanges).toHaveLength(1)
  })
})

async function recorded(count = 2): Promise<string> {
  const root = fastDirectory()
  await recordSession(root, count)
  return join(root, SESSION_ID)
}

/** What a manifest says if its run died without a word in another namespace. */
function seenFromElsewhere(folder: string): void {
  const path = join(folder, manifest)
  const { runs, ...facts } = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  const open = runs.map(({ ended: _, endedAt: __, ...run }) => ({ ...run, pidNamespace: FOREIGN }))
  writeFileSync(path, JSON.stringify({ ...facts, runs: open }))
  // Neither its span nor its events tell its end.
  leaveOut(join(folder, SESSION_FILES.meta), ['"resourceSpans"', '"session"'])
  leaveOut(join(folder, SESSION_FILES.events), ['"run-ended"'])
}

/** Removes the lines with all of these words. */
function leaveOut(log: string, words: readonly string[]): void {
  const lines = readFileSync(log, 'utf8').split('\n')
  const isLeftOut = (line: string) => words.every((word) => line.includes(word))
  writeFileSync(log, lines.filter((line) => !isLeftOut(line)).join('\n'))
}

/** Silent for longer than any live recorder. */
function grownOld(folder: string): void {
  const longAgo = new Date(Date.now() - 3_600_000)
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), longAgo, longAgo)
}

function lineNumber(number: number): Buffer {
  return Buffer.from(`${JSON.stringify({ kind: 'written', number })}\n`)
}

function numbersIn(folder: string): number[] {
  return [...readLog(folder, raw, () => undefined)]
    .filter(({ value }) => value.kind === 'written')
    .map(({ value }) => Number(value.number))
}
