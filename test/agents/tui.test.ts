import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import type { Terminal } from '../host/tmux.js'
import { recordedTui } from '../host/tui-terminals.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { attribute, type SessionOnDisk } from './session-on-disk.js'
import { workplace } from './workplace.js'

const ASKS = execCommand('echo hello > made.txt', {
  sandbox_permissions: 'require_escalated',
  justification: 'May I write a file?',
})

/** Nothing is under way: the turn has ended, and the title of the session has come. */
const AT_REST = /Worked for .*· scripted/s

const ASKED = /\$ echo (one|two)$.*Yes, proceed/ms

/** The first turn asks; the second goes on until it is stopped. */
const ASKS_THEN_STREAMS: Script = [
  { text: 'I ask first.', calls: [ASKS] },
  { text: 'It is done.' },
  { text: 'This has no end, '.repeat(40), deltas: 40, holdAfter: 20 },
]

test('what is answered with the keyboard and what is stopped with Esc is recorded with its times', async () => {
  await using place = await workplace(ASKS_THEN_STREAMS)
  await using terminal = await recordedTui(place, ['Write a file'])
  await terminal.showing('Yes, proceed (y)')
  const session = place.session()
  await eventually(() =>
    expect(session.started.map(({ name }) => name)).toContain('approval command'),
  )
  const pressed = now()
  await terminal.answer('y', 'Yes, proceed (y)')
  await terminal.showing('It is done.')
  const answered = now()
  await terminal.showing(AT_REST)

  say(terminal, 'Go on for ever')
  await place.model.responseSent(3, 20)
  await terminal.showing('This has no end')
  const stopped = now()
  terminal.press('Escape')
  await terminal.showing('Conversation interrupted')
  await interruptTold(session)
  const gone = now()
  say(terminal, '/quit')
  expect(await terminal.ended()).toMatchObject({ exitCode: 0, hasItsModes: true })

  const approval = spanOf(session, 'approval command')
  expect(approval.parentSpanId).toBe(spanOf(session, 'execute_tool exec_command').spanId)
  expect(Number(approval.startTimeUnixNano)).toBeLessThan(pressed)
  expect(Number(approval.endTimeUnixNano)).toBeGreaterThan(pressed)
  expect(Number(approval.endTimeUnixNano)).toBeLessThan(answered)
  expect(attribute(approval, 'tacho.approval.what')).toContain('echo hello > made.txt')
  expect(attribute(approval, 'tacho.approval.reason')).toBe('May I write a file?')
  expect(attribute(approval, 'tacho.approval.decision')).toBe('accept')
  expect(attribute(approval, 'tacho.approval.decided_by')).toBe('user')

  const cancellation = spanOf(session, 'cancellation')
  expect(Number(cancellation.startTimeUnixNano)).toBeGreaterThan(stopped)
  expect(Number(cancellation.startTimeUnixNano)).toBeLessThan(gone)
  // It lasts until the connection is released, whenever Codex shows that it was interrupted.
  const released = cancellation.events?.find(({ name }) => name === 'released')?.timeUnixNano
  expect(cancellation.endTimeUnixNano >= (released ?? '')).toBe(true)
  expect(attribute(cancellation, 'tacho.cancellation.origin')).toBe('user')
  expect(attribute(cancellation, 'tacho.cancellation.reason')).toBe('Interrupt')
  expect(session.ends.map(({ state }) => state)).toContain('cancelled')

  // Codex asked its model for a title of the session.
  const { stdout } = await place.tacho(['ls', 'scripted', '--json'])
  expect(JSON.parse(stdout.toString())).toMatchObject([
    { title: 'scripted', prompts: ['Write a file', 'Go on for ever'] },
  ])
})

test('Esc in the dialog cancels the question and stops the turn', async () => {
  await using place = await workplace([{ calls: [ASKS] }])
  await using terminal = await recordedTui(place, ['Write a file'])
  await terminal.showing('Yes, proceed (y)')
  await terminal.answer('Escape', 'Yes, proceed (y)')
  await terminal.showing('You canceled the request')
  await interruptTold(place.session())
  say(terminal, '/quit')
  await terminal.ended()

  const session = place.session()
  const approval = spanOf(session, 'approval command')
  expect(attribute(approval, 'tacho.approval.decision')).toBe('cancel')
  expect(attribute(approval, 'tacho.approval.decided_by')).toBe('user')
  const cancellation = spanOf(session, 'cancellation')
  expect(attribute(cancellation, 'tacho.cancellation.origin')).toBe('user')
  expect(approval.endTimeUnixNano).toBe(cancellation.startTimeUnixNano)
  const turn = session.spans.find(({ spanId }) => spanId === cancellation.parentSpanId)
  expect(turn && attribute(turn, 'tacho.turn.status')).toBe('interrupted')
  expect(cancellation.links?.map(({ spanId }) => spanId)).toContain(turn?.spanId)
})

test('of two questions at once each gets its own answer', async () => {
  const asks = (words: string) =>
    execCommand(`echo ${words}`, { sandbox_permissions: 'require_escalated' })
  await using place = await workplace([{ calls: [asks('one'), asks('two')] }, { text: 'Done.' }])
  await using terminal = await recordedTui(place, ['Say two words'])
  // Either can come first.
  for (let answered = 0; answered < 2; answered += 1) {
    const [question = ''] = /\$ echo (one|two)$/m.exec(await terminal.showing(ASKED)) ?? []
    await terminal.answer(question.endsWith('one') ? 'y' : 'p', question)
  }
  await terminal.showing('Done.')
  say(terminal, '/quit')
  await terminal.ended()
  const { spans } = place.session()
  const approvals = spans.filter(({ name }) => name === 'approval command')
  const told = approvals.map((span) =>
    ['what', 'decision', 'decided_by'].map((name) => attribute(span, `tacho.approval.${name}`)),
  )
  expect(told).toHaveLength(2)
  expect(told).toContainEqual(['echo one', 'accept', 'user'])
  expect(told).toContainEqual(['echo two', 'acceptWithExecpolicyAmendment', 'user'])
})

test('a patch is asked for with its files', async () => {
  const patch = '*** Begin Patch\n*** Add File: made.txt\n+hello\n*** End Patch'
  await using place = await workplace([
    { calls: [execCommand(`apply_patch <<'EOF'\n${patch}\nEOF\n`)] },
    { text: 'It is done.' },
  ])
  await using terminal = await recordedTui(place, ['Patch'])
  await terminal.showing('Yes, proceed (y)')
  await terminal.answer('y', 'Yes, proceed (y)')
  await terminal.showing('It is done.')
  say(terminal, '/quit')
  await terminal.ended()
  const approval = spanOf(place.session(), 'approval file-change')
  expect(attribute(approval, 'tacho.approval.what')).toBe(join(place.home.cwd, 'made.txt'))
  expect(attribute(approval, 'tacho.approval.decision')).toBe('accept')
})

test('what the model asks in plan mode is recorded with its choices, and in no other mode', async () => {
  const question = 'Which port shall it listen on?'
  const options = ['3000', '4000'].map((label) => ({ label, description: 'A port.' }))
  const questions = [{ id: 'port', header: 'Port', question, options }]
  const call = { name: 'request_user_input', arguments: { questions } }
  await using place = await workplace([
    { calls: [call] },
    { text: 'It was refused.' },
    { calls: [call] },
    { text: 'It is done.' },
  ])
  await using terminal = await recordedTui(place, ['Ask me'])
  await terminal.showing('It was refused.')
  await terminal.showing(AT_REST)
  say(terminal, '/plan')
  await terminal.showing('Plan mode')
  say(terminal, 'Ask me')
  await terminal.showing(question)
  await terminal.showing('enter to submit answer')
  terminal.press('Enter')
  await terminal.showing('It is done.')
  say(terminal, '/quit')
  await terminal.ended()
  const asked = spanOf(place.session(), 'approval user-input')
  expect(attribute(asked, 'tacho.approval.what')).toBe(question)
  expect(attribute(asked, 'tacho.approval.decision')).toBe('answered')
  expect(attribute(asked, 'tacho.approval.decided_by')).toBe('user')
  expect(JSON.stringify(attribute(asked, 'tacho.approval.offered'))).toMatch(/3000.*4000/)
})

test('/new is a session of its own, and what is asked there is recorded there', async () => {
  await using place = await workplace([
    { text: 'First.' },
    { calls: [ASKS] },
    { text: 'It is done.' },
  ])
  await using terminal = await recordedTui(place, ['Say first'])
  await terminal.showing('First.')
  await terminal.showing(AT_REST)
  say(terminal, '/new')
  await terminal.showing(/^(?!.*First\.)/s)
  say(terminal, 'Write a file')
  await terminal.showing('Yes, proceed (y)')
  await terminal.answer('y', 'Yes, proceed (y)')
  await terminal.showing('It is done.')
  say(terminal, '/quit')
  await terminal.ended()
  const [first, second, ...others] = place.sessions()
  expect(others).toEqual([])
  expect(first?.spans.map(({ name }) => name)).not.toContain('approval command')
  expect(second?.spans.map(({ name }) => name)).toContain('approval command')
})

test('a session that is gone on with is recorded into its folder, a fork into its own', async () => {
  await using place = await workplace([{ text: 'First.' }, { text: 'Second.' }, { text: 'Third.' }])
  for (const [args, answer] of [
    [['Say first'], 'First.'],
    [['resume', '--last', 'Say second'], 'Second.'],
    [['fork', '--last', 'Say third'], 'Third.'],
  ] as const) {
    await using terminal = await recordedTui(place, args)
    await terminal.showing(answer)
    say(terminal, '/quit')
    await terminal.ended()
  }
  const [session, fork] = place.sessions()
  if (session === undefined) throw new Error('There is no session.')
  expect(fork?.manifest.runs).toHaveLength(1)
  expect(session.manifest.runs).toHaveLength(2)
  expect(session.spans.filter(({ name }) => name === 'session')).toHaveLength(2)
  // The title that Codex derives from the first words is a turn of another thread.
  const turns = session.spans.filter(
    (span) =>
      span.name === 'invoke_agent codex' &&
      attribute(span, 'gen_ai.conversation.id') === session.id,
  )
  expect(turns).toHaveLength(2)
})

/** The TUI's screen is ahead of its hooks, and a TUI that ends ends them as well. */
async function interruptTold(session: SessionOnDisk): Promise<void> {
  await eventually(() => expect(session.text(SESSION_FILES.events)).toContain('"Interrupt"'))
}

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
