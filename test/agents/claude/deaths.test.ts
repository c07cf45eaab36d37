import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually } from '../../host/index.js'
import { BYPASS, claudePlace } from './place.js'
import { claudeIn } from './processes.js'

const PROMPT = ['-p', 'Say hello', ...BYPASS]

const ASKED = 'Do you want to proceed?'
const asks = { calls: [{ name: 'Bash', arguments: { command: 'mkfifo q1' } }] }

test('a Claude Code that does not know our options ends with its own words and exit code', async () => {
  await using place = await claudePlace([])
  const program = join(place.home.root, 'claude')
  const refuses = `#!/bin/sh\necho "error: unknown option '--settings'" >&2\nexit 3\n`
  writeFileSync(program, refuses, { mode: 0o755 })
  const env = { ...place.environment, TACHO_CLAUDE: program }
  const end = await place.tacho(['claude', '--persist-session', ...PROMPT], { env })
  expect(end).toMatchObject({ exitCode: 3, signal: null })
  expect(end.stderr.toString()).toContain("error: unknown option '--settings'\n")
  expect(place.session().manifest.runs).toMatchObject([{ ended: { exitCode: 3 } }])
})

test.each([
  ['claude-cli/0.2.9', '0.2.9'],
  ['claude-cli/99.0.0-beta.1 (external, cli)', '99.0.0-beta.1'],
  ['claude-cli/v? \u00bb2\u00ab', null],
  ['', null],
])(
  'one that calls itself "%s" is recorded, and never asked for its version',
  async (name, version) => {
    await using place = await claudePlace([{ text: 'Hello.' }])
    const program = join(place.home.root, 'claude')
    const calls = join(place.home.root, 'calls')
    writeFileSync(program, standIn(calls, name), { mode: 0o755 })
    const env = { ...place.environment, TACHO_CLAUDE: program }
    const end = await place.tacho(['claude', '--persist-session', ...PROMPT], { env })
    expect(end).toMatchObject({
      exitCode: 0,
      stdout: Buffer.from('200\n'),
      stderr: Buffer.from(''),
    })
    // It would never answer when asked for its version.
    expect(readFileSync(calls, 'utf8').split('\n')).toHaveLength(2)
    const { session, exchanges } = await place.said<Record<string, object>>('show')
    expect(session).toMatchObject({ agent: 'claude', agentVersion: version, exitCode: 0 })
    expect(exchanges).toMatchObject([{ status: 200, outcome: 'completed' }])
  },
)

/** A program that sends its model one request under this name, with the settings for this run. */
function standIn(calls: string, name: string): string {
  return `#!${process.execPath}
const words = process.argv.slice(2)
require('node:fs').appendFileSync(${JSON.stringify(calls)}, words.join(' ').replaceAll('\\n', ' ') + '\\n')
if (words.includes('--version')) setInterval(() => {}, 1000)
else {
  const settings = JSON.parse(words[words.indexOf('--settings') + 1])
  const { request } = require('node:http')
  const headers = {
    'content-type': 'application/json',
    'x-claude-code-session-id': '3039d872-ac11-4cc0-ba5a-0d37d6d7a89e',
    ...(${JSON.stringify(name)} && { 'user-agent': Buffer.from(${JSON.stringify(name)}).toString('latin1') }),
  }
  const asked = request(settings.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST', headers })
  asked.end(JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] }))
  asked.on('response', (answer) => {
    answer.resume().on('end', () => console.log(answer.statusCode))
  })
}
`
}

test('a tool that runs at kill -9 is still running in the record, with its command', async () => {
  await using place = await claudePlace([
    { calls: [{ name: 'Bash', arguments: { command: 'mkfifo q1; cat q1' } }] },
  ])
  await using running = place.startTacho(['claude', '--persist-session', ...PROMPT])
  await eventually(() =>
    expect(place.session().started.map(({ name }) => name)).toContain('execute_tool Bash'),
  )
  const pipe = join(place.home.cwd, 'q1')
  await eventually(() => expect(existsSync(pipe)).toBe(true))
  for (const pid of claudeIn(place)) process.kill(pid, 'SIGKILL')
  await running.ended
  // The tool lives on, and ends once its pipe had a writer.
  closeSync(openSync(pipe, 'r+'))
  const { tools } = await place.said<{ tools: object[] }>('show')
  expect(tools).toMatchObject([{ command: 'mkfifo q1; cat q1', outcome: null, left: 'died' }])
  expect(place.session().text('session_events.log')).not.toContain('PreToolUse')
})

test('what was called together with what it asks about waits for the answer at kill -9', async () => {
  const bash = (command: string) => ({ name: 'Bash', arguments: { command } })
  await using place = await claudePlace([{ calls: [bash('mkfifo q1'), bash('mkfifo q2')] }])
  await using terminal = await place.tui('Make two pipes')
  await terminal.showing(ASKED)
  await eventually(() =>
    expect(place.session().started.map(({ name }) => name)).toContain('approval command'),
  )
  for (const pid of claudeIn(place)) process.kill(pid, 'SIGKILL')
  await terminal.showing(/ended/)
  const { inFlight } = await place.said<{ inFlight: { kind: string; spanId: string }[] }>('explain')
  const question = inFlight.find(({ kind }) => kind === 'approval')?.spanId
  expect(inFlight).toMatchObject([
    { kind: 'approval', what: 'mkfifo q1' },
    { kind: 'tool', what: 'mkfifo q1', waitsFor: question },
    { kind: 'tool', what: 'mkfifo q2', waitsFor: question },
    { kind: 'turn' },
  ])
})

test('a Claude Code that is not installed is named, with what installs it', async () => {
  await using place = await claudePlace([])
  const env = { ...place.environment, TACHO_CLAUDE: '', PATH: '/nowhere' }
  const { exitCode, stderr } = await place.tacho(['claude', '--persist-session', ...PROMPT], {
    env,
  })
  expect(exitCode).toBe(127)
  expect(stderr.toString()).toContain('npm install -g @anthropic-ai/claude-code')
})

// `npm run soak` runs these.
describe.skipIf(!isSoak)('at the dialog', () => {
  test('Claude Code is killed: Tacho ends as it ended, and the question has no answer', async () => {
    await using place = await claudePlace([asks])
    await using terminal = await place.tui('Make a pipe')
    await terminal.showing(ASKED)
    await eventually(() =>
      expect(place.session().started.map(({ name }) => name)).toContain('approval command'),
    )
    const [, claude = 0] = claudeIn(place)
    process.kill(claude, 'SIGKILL')
    await terminal.showing(/ended 137/)
    const approvals = await place.said<object[]>('approvals')
    expect(approvals).toMatchObject([{ what: 'mkfifo q1', decision: null, decidedBy: null }])
    const { session } = await place.said<{ session: object }>('show')
    expect(session).toMatchObject({ ended: 'signalled', signal: 'SIGKILL' })
  })

  test('the terminal goes away: both end, and what was asked stands there', async () => {
    await using place = await claudePlace([asks])
    {
      await using terminal = await place.tui('Make a pipe')
      await terminal.showing(ASKED)
      await eventually(() =>
        expect(place.session().started.map(({ name }) => name)).toContain('approval command'),
      )
    }
    await eventually(() => expect(claudeIn(place)).toEqual([]))
    const approvals = await place.said<object[]>('approvals')
    expect(approvals).toMatchObject([{ what: 'mkfifo q1', decidedBy: null }])
  })
})
