import { expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import type { ToolCall } from '../../scripted-model/index.js'
import { type ClaudePlace, claudePlace } from './place.js'
import { claudeIn } from './processes.js'
import { say } from './say.js'

const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command } })

const ASKS_THE_USER: ToolCall = {
  name: 'AskUserQuestion',
  arguments: {
    questions: [
      {
        question: 'Which colour?',
        header: 'Colour',
        multiSelect: false,
        options: [
          { label: 'Red', description: 'as fire' },
          { label: 'Blue', description: 'as water' },
        ],
      },
    ],
  },
}

type Rows = Record<string, unknown>[]

const ASKED = 'Do you want to proceed?'

test('what the user is asked in the TUI, answers and stops is recorded with its times', async () => {
  await using place = await claudePlace([
    { text: 'I ask first.', calls: [bash('mkfifo q1')] },
    { text: 'The first is done.' },
    { calls: [bash('mkfifo q2')] },
    { text: 'This has no end, '.repeat(40), deltas: 40, holdAfter: 20 },
    { calls: [ASKS_THE_USER] },
    { text: 'Red it is.' },
  ])
  await using terminal = await place.tui('Make a pipe')
  await terminal.showing(ASKED)
  await questionOpen(place)
  const pressed = Date.now()
  await terminal.answer('1', ASKED)
  await terminal.showing('The first is done.')
  const answered = Date.now()

  await say(terminal, 'Make another')
  await terminal.showing('mkfifo q2')
  await terminal.showing(ASKED)
  await terminal.answer('Escape', ASKED)
  await terminal.showing('What should Claude do instead?')
  // It is reported a tenth of a second later, and a next turn would end this one before that.
  await eventually(() =>
    expect(place.session().text('session_events.log')).toContain('user_reject'),
  )

  await say(terminal, 'Go on for ever')
  await place.model.responseSent(4, 20)
  await terminal.showing('This has no end')
  await terminal.answer('Escape', 'esc to interrupt')
  await place.model.clientGone(4)

  await say(terminal, 'Ask me')
  await terminal.showing('Which colour?')
  await terminal.answer('1', 'as water')
  await terminal.showing('Red it is.')
  await say(terminal, '/exit')
  expect(await terminal.ended()).toMatchObject({ exitCode: 0, hasItsModes: true })

  const approvals = await place.said<Rows>('approvals')
  expect(approvals).toMatchObject([
    { kind: 'command', what: 'mkfifo q1', outcome: 'allowed', decision: 'user_temporary' },
    { kind: 'command', what: 'mkfifo q2', outcome: 'cancelled', decision: 'user_reject' },
    { kind: 'user-input', what: 'Which colour?', offered: ['Red', 'Blue'], outcome: 'answered' },
  ])
  expect(approvals.map(({ decidedBy }) => decidedBy)).toEqual(['user', 'user', 'user'])
  const [first] = approvals
  const askedAt = Date.parse(String(first?.askedAt))
  expect(askedAt).toBeLessThan(pressed)
  expect(askedAt + Number(first?.waitMs)).toBeGreaterThanOrEqual(pressed)
  expect(askedAt + Number(first?.waitMs)).toBeLessThan(answered)

  const { stdout } = await place.tacho(['approvals', '--all'])
  expect(stdout.toString()).toMatch(/ claude .*mkfifo q2 +cancelled +user_reject +user /)

  const cancellations = await place.said<Rows>('cancellations')
  expect(cancellations).toMatchObject([
    { origin: 'approval', reason: 'user_reject' },
    { origin: 'host', reason: 'the agent hung up' },
  ])
})

test('kill -9 at the dialog leaves the question without an answer', async () => {
  await using place = await claudePlace([{ calls: [bash('mkfifo q1')] }])
  await using terminal = await place.tui('Make a pipe')
  await terminal.showing(ASKED)
  await questionOpen(place)
  for (const pid of claudeIn(place)) process.kill(pid, 'SIGKILL')
  await terminal.showing(/ended \d+/)
  const approvals = await place.said<Rows>('approvals')
  expect(approvals).toMatchObject([{ what: 'mkfifo q1', decision: null, decidedBy: null }])
})

/** The dialog may be there before the hook that tells of it. */
async function questionOpen(place: ClaudePlace): Promise<void> {
  await eventually(() =>
    expect(place.session().started.map(({ name }) => name)).toContain('approval command'),
  )
}
