import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

type Finding = { about: string; status: string; text: string; next?: string }

async function doctor(directory: string, environment: Record<string, string> = {}) {
  const words = ['doctor', '--json', '--sessions-dir', directory]
  const { stdout, stderr, exitCode } = await tacho(words, environment)
  expect(stderr).toBe('')
  const findings: Finding[] = JSON.parse(stdout.toString())
  const of = (about: string) => findings.filter((one) => one.about === about)
  return { findings, of, exitCode }
}

/** A program with Codex's name on a PATH of its own. */
function place(script: string): { PATH: string; program: string } {
  const folder = sessionsDirectory()
  const program = join(folder, 'codex')
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { PATH: `${folder}:/usr/bin:/bin`, program }
}

test('where all is well, it says what there is and ends with 0', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  const { PATH, program } = place('echo codex-cli 0.169.0')
  const cache = sessionsDirectory()
  const { findings, of, exitCode } = await doctor(directory, { PATH, XDG_CACHE_HOME: cache })
  expect(findings.map(({ status }) => status)).toEqual(findings.map(() => 'ok'))
  expect(of('codex')[0]?.text).toBe(`codex-cli 0.169.0, ${program}`)
  expect(of('sessions')[0]?.text).toBe('1')
  expect(of('index')[0]?.text).toContain(join(cache, 'tacho', 'index'))
  expect(exitCode).toBe(0)
})

test('what is wrong comes with what to do', async () => {
  const directory = sessionsDirectory()
  const folder = writeSession(directory)
  rmSync(join(folder, 'session.json'))
  mkdirSync(join(folder, '.scrub'))
  chmodSync(folder, 0o755)
  chmodSync(directory, 0o777)
  const { PATH } = place('exit 3')
  const { findings, of, exitCode } = await doctor(directory, {
    PATH,
    XDG_CACHE_HOME: '/proc/nothing',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'no url at all',
  })
  expect(of('codex')[0]).toMatchObject({
    status: 'problem',
    text: expect.stringContaining('exit code 3'),
  })
  expect(of(directory)[0]).toMatchObject({ status: 'problem', next: `chmod go-w ${directory}` })
  expect(of(directory)[1]).toMatchObject({ status: 'problem', next: `chmod -R go= ${folder}` })
  expect(of(join(folder, '.scrub'))[0]?.next).toContain('tacho scrub ')
  expect(of('sessions')[1]).toMatchObject({
    status: 'warning',
    text: expect.stringContaining('1 damaged'),
  })
  expect(of('index')[0]?.status).toBe('warning')
  expect(of('sent live')[0]?.status).toBe('problem')
  expect(findings.filter(({ status, next }) => status !== 'ok' && next === undefined)).toEqual([])
  expect(exitCode).toBe(1)
})

test('without an agent it says how to get one, and for people it is lines', async () => {
  const words = ['doctor', '--sessions-dir', join(sessionsDirectory(), 'nosuch')]
  const { stdout, exitCode } = await tacho(words, { PATH: '/nowhere' })
  expect(stdout.toString()).toMatch(
    /^warning {2}codex: not found\n {9}.*npm install -g @openai\/codex$/m,
  )
  expect(stdout.toString()).toMatch(/nosuch: not there yet$/m)
  expect(exitCode).toBe(0)
})

test('a Gemini CLI whose settings choose no login is told what to do', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tacho-doctor-gemini-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const gemini = join(home, 'gemini')
  writeFileSync(gemini, '#!/bin/sh\necho 0.61.0\n', { mode: 0o755 })
  const told = async () => {
    const environment = { HOME: home, TACHO_GEMINI: gemini, PATH: process.env.PATH ?? '' }
    const { stdout } = await tacho(['doctor', '--json'], environment)
    const findings: Finding[] = JSON.parse(stdout.toString())
    return findings.filter(({ text }) => text.includes('no login'))
  }
  expect(await told()).toMatchObject([{ about: 'gemini', status: 'warning' }])
  mkdirSync(join(home, '.gemini'))
  const settings = { security: { auth: { selectedType: 'gemini-api-key' } } }
  writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(settings))
  expect(await told()).toEqual([])
})
