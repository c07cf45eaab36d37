import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
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

test('a Claude Code that is not installed is named, with what installs it', async () => {
  await using place = await claudePlace([])
  const env = { ...place.environment, TACHO_CLAUDE: '', PATH: '/nowhere' }
  const { exitCode, stderr } = await place.tacho(['claude', '--persist-session', ...PROMPT], {
    env,
  })
  expect(exitCode).toBe(127)
  expect(stderr.toString()).toContain('npm install -g @anthropic-ai/claude-code')
})

// `npm run soak` has these.
describe.skipIf(process.env.TACHO_SOAK !== '1')('at the dialog', () => {
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
