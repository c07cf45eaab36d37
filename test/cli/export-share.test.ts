import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharingScrubber } from '@tacho/reader'
import { expect, onTestFinished, test } from 'vitest'
import { recordExchanges, SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const MAIL = 'grace.hopper@example.org'

test('the archive holds the session, what it means, and what was taken out', async () => {
  const { root, folder } = await recorded()
  const { unpacked, stderr, exitCode } = await share(root, ['last'])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('removed.json says what was taken out')
  expect(readdirSync(unpacked).sort()).toEqual([
    SESSION_ID,
    'explain.txt',
    'removed.json',
    'verify.txt',
  ])
  expect(readdirSync(join(unpacked, SESSION_ID)).sort()).toEqual(readdirSync(folder).sort())
  expect(readFileSync(join(unpacked, 'verify.txt'), 'utf8')).toContain('clean')
  expect(readFileSync(join(unpacked, 'explain.txt'), 'utf8')).not.toBe('')
  expect(statSync(join(unpacked, 'removed.json')).mode & 0o777).toBe(0o600)
})

test('who opens it reads the session with every command', async () => {
  const { root } = await recorded()
  const { unpacked } = await share(root, ['last'])
  for (const words of [
    ['show', 'last'],
    ['verify', '--all'],
    ['raw', 'last', '2', '--request'],
  ]) {
    const { exitCode, stderr } = await tacho([...words, '--sessions-dir', unpacked])
    expect([stderr, exitCode], words.join(' ')).toEqual(['', 0])
  }
})

test("a key, the home folder and the agent's transcript are scrubbed; mail addresses if asked", async () => {
  const { root } = await recorded()
  const plain = await share(root, ['last'])
  const all = contentOf(plain.unpacked)
  expect(all.includes(KEY)).toBe(false)
  expect(all.includes(HOME)).toBe(false)
  expect(all.includes(MAIL)).toBe(true)
  const { removed } = JSON.parse(readFileSync(join(plain.unpacked, 'removed.json'), 'utf8'))
  expect(removed['github-token']).toBeGreaterThan(0)
  const strict = await share(root, ['last', '--mail'])
  expect(contentOf(strict.unpacked).includes(MAIL)).toBe(false)
})

test('--only takes in what is named, and nothing else is there', async () => {
  const { root } = await recorded()
  const { unpacked } = await share(root, ['last', '--only', 'verify,explain'])
  expect(readdirSync(unpacked).sort()).toEqual(['explain.txt', 'removed.json', 'verify.txt'])
  const { stderr, exitCode } = await tacho([
    ...['export', 'share', 'last', '--only', 'everything', '--sessions-dir', root],
  ])
  expect(stderr).toContain('There is no part "everything". There are: session, explain, verify')
  expect(exitCode).toBe(2)
})

test('a session that runs is refused, and a file that is there stays', async () => {
  const root = sessionsDirectory()
  const recording = startRecording(root)
  recordExchanges(recording, 1)
  const running = await tacho(['export', 'share', SESSION_ID, '--sessions-dir', root])
  expect(running.stderr).toContain('is running')
  await recording.close({ exitCode: 0 })
  const output = join(root, 'there.zip')
  writeFileSync(output, 'mine')
  const there = await tacho(['export', 'share', 'last', '-o', output, '--sessions-dir', root])
  expect(there.stderr).toContain('is there already')
  expect(readFileSync(output, 'utf8')).toBe('mine')
})

test('nothing is left in the folder for temporary files', async () => {
  const { root } = await recorded()
  const temporary = mkdtempSync(join(root, 'tmp-'))
  await tacho(['export', 'share', 'last', '-o', join(root, 'a.zip'), '--sessions-dir', root], {
    TMPDIR: temporary,
  })
  expect(existsSync(join(root, 'a.zip'))).toBe(true)
  expect(readdirSync(temporary)).toEqual([])
})

test('a name is taken out where it is a word, and not where it is in one', () => {
  const scrubber = sharingScrubber({
    home: '/home/ada',
    user: 'ada',
    host: 'babbage',
    mail: false,
    environment: {},
  })
  expect(scrubber.text('ada adapts canada at babbage.local, in /home/ada/x')).toMatch(
    /^\.\.\. adapts canada at \.{7}\.local, in \[s:[0-9a-f]{4}\.\]\/x$/,
  )
})

const HOME = '/home/ada-lovelace'
const KEY = 'ghp_a8Kd93jfLq02Zx7Vb4Nm1Pw6Rt5Yu0SgHc3E'

async function recorded(): Promise<{ root: string; folder: string }> {
  const root = sessionsDirectory()
  const recording = startRecording(root, { cwd: `${HOME}/project` })
  recordExchanges(recording, 2)
  recording.log('info', 'codex', `mail ${MAIL}`)
  await recording.close({ exitCode: 0 })
  const folder = join(root, SESSION_ID)
  const own = join(root, 'rollout.jsonl')
  writeFileSync(own, `${JSON.stringify({ output: `the key is ${KEY}` })}\n`)
  linkSync(own, join(folder, 'rollout-1.jsonl'))
  return { root, folder }
}

async function share(
  root: string,
  words: readonly string[],
): Promise<{ unpacked: string; stderr: string; exitCode: number | null }> {
  const place = mkdtempSync(join(tmpdir(), 'tacho-shared-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  const archive = join(place, 'shared.zip')
  const { stderr, exitCode } = await tacho(
    ['export', 'share', ...words, '-o', archive, '--sessions-dir', root],
    { HOME },
  )
  const unpacked = join(place, 'unpacked')
  execFileSync('python3', ['-c', UNPACK, archive, unpacked])
  return { unpacked, stderr, exitCode }
}

// Another implementation of the format, with explicit modes.
const UNPACK = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    archive.extractall(sys.argv[2])
    for entry in archive.infolist():
        os.chmod(os.path.join(sys.argv[2], entry.filename), entry.external_attr >> 16)
`

function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}
