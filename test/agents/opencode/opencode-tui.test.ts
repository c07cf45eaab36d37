import { expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import type { Terminal } from '../../host/tmux.js'
import { opencodePlace } from './place.js'

const asking = (command: string) => ({
  calls: [{ name: 'bash', arguments: { command, description: 'Makes something' } }],
})
const ASKS = { config: { permission: { bash: 'ask' } } }
const QUESTION = 'Permission required'

test('what the TUI asks and is answered is recorded: yes, no, and a turn that was stopped', async () => {
  const script = [asking('mkfifo one'), { text: 'It is made.' }, asking('mkfifo two')]
  await using place = await opencodePlace([...script, { text: 'Endless', holdAfter: 2 }], ASKS)
  await using terminal = await place.tui()
  await shown(terminal, 'Ask anything')
  await say(terminal, 'Make one')
  await shown(terminal, QUESTION)
  await terminal.answer('Enter', QUESTION)
  await shown(terminal, 'It is made.')
  await say(terminal, 'Make two')
  await shown(terminal, QUESTION)
  await terminal.answer('Escape', QUESTION)
  await say(terminal, 'Go on')
  await place.model.requestArrived(4)
  await eventually(async () => {
    terminal.press('Escape')
    await eventually(() => expect(place.model.exchanges.at(-1)?.aborted).toBe(true), 1000)
  }, PATIENCE)
  await eventually(() => expect(spansNamed(place.session(), 'cancellation')).toBe(2), PATIENCE)
  terminal.press('C-c')
  await terminal.ended()

  const approvals = await place.told('approvals', 'last')
  expect(approvals).toMatchObject([
    { what: 'mkfifo one', decision: 'once', outcome: 'allowed', decidedBy: 'user' },
    { what: 'mkfifo two', decision: 'reject', outcome: 'cancelled', decidedBy: 'user' },
  ])
  const { turns, tools } = await place.told('show', 'last')
  expect(turns.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
    expect.arrayContaining(['completed', 'cancelled', 'cancelled']),
  )
  expect(tools).toMatchObject([
    { command: 'mkfifo one', outcome: 'completed', exitCode: 0 },
    { command: 'mkfifo two', outcome: 'declined' },
  ])
  expect(await place.told('cancellations', 'last')).toMatchObject([
    { origin: 'approval', reason: 'reject' },
    { origin: 'user' },
  ])
}, 300_000)

/** A busy machine takes a minute to start it. Milliseconds. */
const PATIENCE = 120_000

function shown(terminal: Terminal, text: string): Promise<void> {
  return eventually(() => {
    if (!terminal.screen.includes(text)) throw new Error(`not shown: ${text}\n${terminal.screen}`)
  }, PATIENCE)
}

/** It takes keys that come faster than anybody types for a paste, and the Enter with them. */
async function say(terminal: Terminal, text: string): Promise<void> {
  terminal.type(text)
  await shown(terminal, text)
  terminal.press('Enter')
}

function spansNamed(session: { spans: readonly { name: string }[] }, name: string): number {
  return session.spans.filter((span) => span.name === name).length
}
