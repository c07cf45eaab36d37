import { expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import type { Terminal } from '../../host/tmux.js'
import { geminiPlace } from './place.js'

const ASKS = { calls: [{ name: 'run_shell_command', arguments: { command: 'mkfifo one' } }] }

test('the TUI is recorded: a tool that was asked about, a turn that was stopped, and its session', async () => {
  const script = [ASKS, { text: 'It is made.' }, { text: 'Endless', deltas: 3, holdAfter: 2 }]
  await using place = await geminiPlace(script)
  await using terminal = await place.tui('-m', 'gemini-2.5-flash')
  await shown(terminal, 'Type your message')
  const asked = (requests: number) => () => place.model.exchanges.length >= requests
  await say(terminal, 'Make one', asked(1))
  await shown(terminal, 'Allow once')
  terminal.press('Enter')
  await shown(terminal, 'It is made.')
  await say(terminal, 'Go on', asked(3))
  await place.model.responseSent(3, 2)
  await eventually(async () => {
    terminal.press('Escape')
    await eventually(() => expect(place.model.exchanges.at(-1)?.aborted).toBe(true), 1000)
  }, PATIENCE)
  let isOver = false
  const end = terminal.ended().then(() => {
    isOver = true
  })
  await say(terminal, '/quit', () => isOver)
  await end

  const { turns, tools, exchanges } = await place.told('show', 'last')
  expect(turns).toHaveLength(2)
  expect(tools).toMatchObject([{ name: 'run_shell_command', command: 'mkfifo one' }])
  expect(exchanges.at(-1)).toMatchObject({ state: 'cancelled' })
  expect(await place.told('cancellations', 'last')).toMatchObject([{ reason: 'the agent hung up' }])
  expect(
    place
      .session()
      .names()
      .filter((name) => name.endsWith('.jsonl')),
  ).toHaveLength(1)
}, 300_000)

/** A machine that does much else takes a minute to start it. Milliseconds. */
const PATIENCE = 120_000

function shown(terminal: Terminal, text: string): Promise<void> {
  return eventually(() => {
    if (!terminal.screen.includes(text)) throw new Error(`not shown: ${text}\n${terminal.screen}`)
  }, PATIENCE)
}

/**
 * It takes keys that come faster than anybody types for a paste, and an Enter that comes too soon behind
 * them for a part of that: so Enter is pressed until it is taken for one.
 */
async function say(terminal: Terminal, text: string, isTaken: () => boolean): Promise<void> {
  terminal.type(text)
  await shown(terminal, text)
  await eventually(async () => {
    if (!isTaken()) terminal.press('Enter')
    await eventually(() => expect(isTaken()).toBe(true), 3000)
  }, PATIENCE)
}
