import { execFileSync, spawn } from 'node:child_process'
import { linkSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { recordSession, SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { pageText } from './page-text.js'
import { TACHO, tacho } from './tacho.js'

/** What `recordSession` says in every request, treated as a secret. */
const VALUE = 'history history'

test('replaces what standard input names, and says where', async () => {
  const root = await recorded()
  const { stdout, stderr, exitCode } = await scrub(root, [SESSION_ID, '--value', '-'], VALUE)
  expect(stdout).toBe(`${SESSION_ID}  replaced secrets in session_oai_raw.log (2 lines)\n`)
  expect([stderr, exitCode]).toEqual(['', 0])
  const show = await tacho(['raw', 'last', '2', '--request', '--sessions-dir', root])
  expect(show.stdout.toString()).toContain('[secret:')
  expect(show.exitCode).toBe(0)
  expect((await tacho(['verify', '--all', '--sessions-dir', root])).exitCode).toBe(0)
})

test('--dry-run says what would be replaced, and --json says it to a program', async () => {
  const root = await recorded()
  const dry = await scrub(root, ['--all', '--value', '-', '--dry-run'], VALUE)
  expect(dry.stdout).toContain('would replace secrets in session_oai_raw.log (2 lines)')
  const { stdout } = await scrub(root, ['--all', '--value', '-', '--json'], VALUE)
  expect(JSON.parse(stdout)).toMatchObject([
    { id: SESSION_ID, files: [{ file: 'session_oai_raw.log', replaced: 2 }], notOurs: [] },
  ])
})

test("the agent's own transcript is named where it holds a secret", async () => {
  const root = await recorded()
  const own = join(root, 'rollout.jsonl')
  writeFileSync(own, `{"text":"${VALUE}"}\n`)
  const link = join(root, SESSION_ID, 'rollout-1.jsonl')
  linkSync(own, link)
  const { stderr, exitCode } = await scrub(root, ['last', '--value', '-'], VALUE)
  expect(stderr).toBe(
    `tacho: ${link} is the agent's own transcript: it holds secrets, and stays as it is.\n`,
  )
  expect(exitCode).toBe(0)
  expect(readFileSync(own, 'utf8')).toContain(VALUE)
})

test('a session without secrets says so', async () => {
  const root = await recorded()
  const { stdout, exitCode } = await scrub(root, ['last'])
  expect(stdout).toBe(`${SESSION_ID}  no secret found\n`)
  expect(exitCode).toBe(0)
  expect(readFileSync(join(root, SESSION_ID, SESSION_FILES.raw), 'utf8')).toContain('history')
})

test.each([
  [['last', '--value', VALUE], VALUE, 'Give the values on standard input, with --value -'],
  [['last', '--value', '-'], '\n\n', 'Standard input names no value'],
  [['last', '--value', '-'], `${VALUE}\nshort\n`, 'line 2 of standard input'],
  [[], '', 'Name sessions, or take all with --all'],
])('%j with "%s" on standard input is a wrong command line', async (words, input, message) => {
  const { stderr, exitCode } = await scrub(await recorded(), words, input)
  expect(stderr).toContain(message)
  expect(exitCode).toBe(2)
})

const ACME = 'acme_0123456789abcdef0123456789abcdef'

test('rules of one’s own hold afterwards as well, for scrub and for what is exported', async () => {
  const root = sessionsDirectory()
  const recording = startRecording(root, { argv: ['exec', `with ${ACME}`] })
  const exchange = recording.exchange({
    method: 'POST',
    url: 'http://127.0.0.1:4000/v1/responses',
    headers: [['content-type', 'application/json']],
    provider: 'openai',
    conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' },
  })
  exchange.requestBytes(Buffer.from(JSON.stringify({ model: 'scripted', input: `I am ${ACME}` })))
  exchange.requestEnd()
  exchange.end({ state: 'failed' })
  await recording.close({ exitCode: 0 })
  const rules = join(root, 'rules.jsonl')
  const rule = { name: 'acme-key', pattern: 'acme_[0-9a-f]{32}', finds: [ACME], passes: ['acme_'] }
  writeFileSync(rules, `${JSON.stringify(rule)}\n`)
  const of = (words: string[]) =>
    tacho([...words, '--sessions-dir', root], { TACHO_SCRUB_RULES: rules })
  const [page, share] = [await of(['export', 'html', 'last', '-o', '-']), join(root, 'share.zip')]
  expect(pageText(page.stdout)).toContain('[secret:acme-key:')
  expect(pageText(page.stdout)).not.toContain(ACME)
  await of(['export', 'share', 'last', '-o', share])
  expect(execFileSync('unzip', ['-p', share, 'removed.json'], { encoding: 'utf8' })).toContain(
    'acme-key',
  )
  expect((await of(['scrub', 'last'])).stdout.toString()).toContain('replaced secrets in')
  const manifest = readFileSync(join(root, SESSION_ID, SESSION_FILES.manifest), 'utf8')
  expect(manifest).toContain('with [secret:acme-key:')

  writeFileSync(rules, '{"name":"acme-key"}\n')
  const { stderr, exitCode } = await of(['scrub', 'last'])
  expect(stderr).toContain(`TACHO_SCRUB_RULES: ${rules}, line 1: "pattern" must be a text.`)
  expect(exitCode).toBe(2)
})

async function recorded(): Promise<string> {
  const root = sessionsDirectory()
  await recordSession(root, 2)
  return root
}

async function scrub(
  root: string,
  words: readonly string[],
  input = '',
): Promise<{ stdout: string; stderr: string; exitCode: number | null }> {
  const child = spawn(process.execPath, [TACHO, 'scrub', ...words, '--sessions-dir', root], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { stdout, stderr, exitCode: await ended }
}
