import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as reaction } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import { geminiPlace } from './place.js'
import { PATIENCE, quit, say, shown } from './tui.js'

const shell = (command: string) => ({
  calls: [{ name: 'run_shell_command', arguments: { command } }],
})
/** A tool answered faster than a person can read counts as one that did not ask. */
const HUMAN_MILLISECONDS = 150

/** Its log has whole milliseconds. */
const ROUNDED_MILLISECONDS = 2

const READS = { calls: [{ name: 'read_file', arguments: { file_path: 'x.txt' } }] }

test('the TUI is recorded: what it asked and was told, a turn that was stopped, and its session', async () => {
  const script = [
    ...[shell('mkfifo one'), READS, { text: 'It is made.' }],
    { text: 'Endless', deltas: 3, holdAfter: 2 },
    ...[shell('mkfifo two'), shell('mkfifo three'), { text: 'Three is made.' }],
    ...[shell('mkfifo four'), { text: 'So is four.' }],
  ]
  await using place = await geminiPlace(script)
  writeFileSync(join(place.cwd, 'x.txt'), 'hello\n')
  await using terminal = await place.tui('-m', 'gemini-2.5-flash')
  await shown(terminal, 'Type your message')
  const asked = (requests: number) => () => place.model.exchanges.length >= requests
  // What its user sees and does, by the clock of this machine.
  const seen: number[] = []
  const pressed: number[] = []
  const gone: number[] = []
  const answer = async (...keys: string[]) => {
    await shown(terminal, '1. Allow once')
    seen.push(Date.now())
    await reaction(HUMAN_MILLISECONDS)
    for (const key of keys.slice(0, -1)) terminal.press(key)
    await shown(terminal, keys.length > 1 ? '● 2.' : '● 1.')
    pressed.push(Date.now())
    terminal.press(keys.at(-1) ?? '')
    await eventually(() => expect(terminal.screen).not.toContain('1. Allow once'), PATIENCE)
  }

  await say(terminal, 'Make one', asked(1))
  await answer('Enter')
  await shown(terminal, 'It is made.')
  gone.push(Date.now())
  await say(terminal, 'Go on', asked(4))
  await place.model.responseSent(4, 2)
  await eventually(async () => {
    terminal.press('Escape')
    await eventually(() => expect(place.model.exchanges.at(-1)?.aborted).toBe(true), 1000)
  }, PATIENCE)
  await say(terminal, 'Make two', asked(5))
  await answer('Escape')
  await say(terminal, 'Make three', asked(6))
  gone.push(Date.now())
  await answer('Down', 'Enter')
  await shown(terminal, 'Three is made.')
  gone.push(Date.now())
  await say(terminal, 'Make four', asked(8))
  await shown(terminal, 'So is four.')
  await quit(terminal)

  const { turns, tools, exchanges } = await place.told('show', 'last')
  expect(turns).toHaveLength(5)
  expect(tools).toMatchObject([
    { command: 'mkfifo one', outcome: 'completed' },
    { name: 'read_file', outcome: 'completed' },
    { command: 'mkfifo two', outcome: 'declined' },
    { command: 'mkfifo three', outcome: 'completed' },
    { command: 'mkfifo four', outcome: 'completed' },
  ])
  expect(exchanges[3]).toMatchObject({ state: 'cancelled' })
  expect(await place.told('cancellations', 'last')).toMatchObject([
    { reason: 'the agent hung up' },
    { origin: 'approval', reason: 'not allowed' },
  ])
  // What a rule allows is no question, whether the rule is Gemini CLI's own or one that the user
  // has just made.
  const approvals: { askedAt: string; waitMs: number }[] = await place.told('approvals', 'last')
  expect(approvals).toMatchObject([
    { what: 'mkfifo one', decision: 'accept', outcome: 'allowed', decidedBy: 'user' },
    { what: 'mkfifo two', decision: 'reject', outcome: 'cancelled', decidedBy: 'user' },
    { what: 'mkfifo three', decision: 'auto_accept', outcome: 'allowed-for-session' },
  ])
  // Each was asked before its user saw it, and answered between the key and its effect.
  for (const [index, { askedAt, waitMs }] of approvals.entries()) {
    const [asked, answered] = [Date.parse(askedAt), Date.parse(askedAt) + waitMs]
    expect([index, asked <= (seen[index] ?? 0)]).toEqual([index, true])
    expect(answered).toBeGreaterThanOrEqual((pressed[index] ?? 0) - ROUNDED_MILLISECONDS)
    expect(answered).toBeLessThanOrEqual((gone[index] ?? 0) + ROUNDED_MILLISECONDS)
  }
  expect(
    place
      .session()
      .names()
      .filter((name) => name.endsWith('.jsonl')),
  ).toHaveLength(1)
}, 300_000)

test('of tools that are called together, each ends when it did, not with the next request', async () => {
  const both = { calls: [...READS.calls, ...shell('cat gate').calls] }
  await using place = await geminiPlace([both, { text: 'Both are read.' }])
  const gate = join(place.cwd, 'gate')
  spawnSync('mkfifo', [gate])
  writeFileSync(join(place.cwd, 'x.txt'), 'hello\n')
  await using terminal = await place.tui('-m', 'gemini-2.5-flash')
  await shown(terminal, 'Type your message')
  await say(terminal, 'Read both', () => place.model.exchanges.length >= 1)
  const isTold = () =>
    expect(place.session().text('session_events.log')).toMatch(/"tool_call".*read_file/)
  await eventually(isTold, PATIENCE)
  const opened = Date.now()
  writeFileSync(gate, 'open\n')
  await shown(terminal, 'Both are read.')
  await quit(terminal)

  const { tools, exchanges } = await place.told('show', 'last')
  expect(tools).toMatchObject([
    { name: 'read_file', outcome: 'completed', durationMs: expect.any(Number) },
    { command: 'cat gate', outcome: 'completed', durationMs: expect.any(Number) },
  ])
  const [read, cat] = tools.map(({ endedAt }: { endedAt: string }) => Date.parse(endedAt))
  const asked = Date.parse(exchanges[1].startedAt)
  expect(read).toBeLessThanOrEqual(opened)
  expect(cat).toBeGreaterThanOrEqual(opened - ROUNDED_MILLISECONDS)
  expect(cat).toBeLessThanOrEqual(asked)
}, 300_000)
