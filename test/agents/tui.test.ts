import { expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import type { Terminal } from '../host/tmux.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { attribute, type SessionOnDisk } from './session-on-disk.js'
import { masked, plainTui, recordedTui } from './tui-terminals.js'
import { workplace } from './workplace.js'

const ASKS = execCommand('echo hello > made.txt', {
  sandbox_permissions: 'require_escalated',
  justification: 'May I write a file?',
})

/** The first turn asks, the second one goes on until it is stopped. */
const ASKS_THEN_STREAMS: Script = [
  { text: 'I ask first.', calls: [ASKS] },
  { text: 'It is done.' },
  { text: 'This has no end, '.repeat(40), deltas: 40, holdAfter: 20 },
]

test('what is answered with the keyboard and what is stopped with Esc is recorded with its times', async () => {
  await using place = await workplace(ASKS_THEN_STREAMS)
  await using terminal = await recordedTui(place, ['Write a file'])
  await terminal.showing('Yes, proceed (y)')
  const shown = now()
  const session = place.session()
  expect(session.started.map(({ name }) => name)).toContain('approval command')
  const pressed = now()
  await terminal.answer('y', 'Yes, proceed (y)')
  await terminal.showing('It is done.')
  const answered = now()

  say(terminal, 'Go on for ever')
  await place.model.responseSent(3, 20)
  await terminal.showing('This has no end')
  const stopped = now()
  terminal.press('Escape')
  await terminal.showing('Conversation interrupted')
  const gone = now()
  say(terminal, '/quit')
  expect(await terminal.ended()).toMatchObject({ exitCode: 0, hasItsModes: true })

  const approval = spanOf(session, 'approval command')
  expect(Number(approval.startTimeUnixNano)).toBeLessThan(shown)
  expect(Number(approval.endTimeUnixNano)).toBeGreaterThan(pressed)
  expect(Number(approval.endTimeUnixNano)).toBeLessThan(answered)
  expect(attribute(approval, 'tacho.approval.what')).toContain('echo hello > made.txt')
  expect(attribute(approval, 'tacho.approval.reason')).toBe('May I write a file?')
  expect(attribute(approval, 'tacho.approval.decision')).toBe('accept')
  expect(attribute(approval, 'tacho.approval.decided_by')).toBe('user')

  const cancellation = spanOf(session, 'cancellation')
  expect(Number(cancellation.startTimeUnixNano)).toBeGreaterThan(stopped)
  expect(Number(cancellation.endTimeUnixNano)).toBeLessThan(gone)
  expect(attribute(cancellation, 'tacho.cancellation.origin')).toBe('user')
  expect(attribute(cancellation, 'tacho.cancellation.reason')).toBe('turn/interrupt')
  expect(session.ends.map(({ state }) => state)).toContain('cancelled')
})

test('the screen, the last words and the exit code are those of Codex alone', async () => {
  await using place = await workplace(ASKS_THEN_STREAMS)
  await using plainPlace = await workplace(ASKS_THEN_STREAMS)
  await using recorded = await recordedTui(place, ['Write a file'])
  await using plain = await plainTui(plainPlace, ['Write a file'])
  const both = [recorded, plain]
  const alike = (text: string | RegExp) =>
    eventually(() => {
      expect(recorded.screen).toMatch(text)
      expect(masked(recorded.screen, place)).toBe(masked(plain.screen, plainPlace))
    })

  await alike('Yes, proceed (y)')
  for (const terminal of both) await terminal.answer('y', 'Yes, proceed (y)')
  await alike('It is done.')
  for (const terminal of both) say(terminal, 'Go on for ever')
  await alike('This has no end')
  for (const terminal of both) terminal.resize(72, 24)
  await alike('This has no end')
  for (const terminal of both) terminal.press('Escape')
  await alike('Conversation interrupted')
  for (const terminal of both) say(terminal, '/quit')
  const [withUs, without] = await Promise.all([recorded.ended(), plain.ended()])

  expect(withUs).toMatchObject({ exitCode: 0, hasItsModes: true })
  expect(masked(withUs.screen, place)).toBe(masked(without.screen, plainPlace))
  expect(withUs.screen).toContain(`codex resume ${place.session().id}`)
  expect(withUs.screen).not.toMatch(/tacho|remote|127\.0\.0\.1/i)
})

test('a session that is gone on with is recorded into its folder', async () => {
  await using place = await workplace([{ text: 'First.' }, { text: 'Second.' }])
  for (const [args, answer] of [
    [['Say first'], 'First.'],
    [['resume', '--last', 'Say second'], 'Second.'],
  ] as const) {
    await using terminal = await recordedTui(place, args)
    await terminal.showing(answer)
    say(terminal, '/quit')
    await terminal.ended()
  }
  const session = place.session()
  expect(session.manifest.runs).toHaveLength(2)
  expect(session.spans.filter(({ name }) => name === 'session')).toHaveLength(2)
  // The title that Codex has made of the first words is a turn of another thread.
  const turns = session.spans.filter(
    (span) =>
      span.name === 'invoke_agent codex' &&
      attribute(span, 'gen_ai.conversation.id') === session.id,
  )
  expect(turns).toHaveLength(2)
})

function say(terminal: Terminal, words: string): void {
  terminal.paste(words)
  terminal.press('Enter')
}

function now(): number {
  return Date.now() * 1e6
}

function spanOf(session: SessionOnDisk, name: string) {
  const [only, ...others] = session.spans.filter((span) => span.name === name)
  if (only === undefined || others.length > 0) throw new Error(`There is not one ${name}.`)
  return only
}
