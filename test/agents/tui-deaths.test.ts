import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { processesOf, recordedTui } from './tui-terminals.js'
import { type Workplace, workplace } from './workplace.js'

const ASKS: Script = [
  {
    calls: [execCommand('echo hello > made.txt', { sandbox_permissions: 'require_escalated' })],
  },
]

// The native programs, for npm puts a Node process in front of each.
const VICTIMS = {
  Tacho: /^\S*node\S* \S+tacho\.js codex/,
  'the TUI': /vendor\S+ .*--remote/,
  "npm's process in front of the TUI": /node\S* \S+\.bin\/codex .*--remote/,
}

for (const [name, pattern] of Object.entries(VICTIMS)) {
  test(`kill -9 of ${name} while a question is open leaves no process, socket or folder behind`, async () => {
    await using place = await workplace(ASKS)
    await using terminal = await recordedTui(place, ['Write a file'])
    await terminal.showing('Yes, proceed (y)')
    process.kill(pidOf(place, pattern), 'SIGKILL')
    await terminal.showing(/ended \d+/)
    await eventually(() => expect(programsOf(place)).toEqual([]))
    expect(readdirSync(place.home.temporary)).toEqual([])

    const session = place.session()
    const ended = new Set(session.spans.map(({ spanId }) => spanId))
    const open = session.started.filter(({ spanId }) => !ended.has(spanId))
    const names = open.map((span) => span.name)
    if (name === 'Tacho') expect(names).toContain('approval command')
    else expect(names).toEqual([])
  })
}

test('the TUI goes on with a new app-server where its first one dies, and both are recorded', async () => {
  await using place = await workplace([{ text: 'First.' }, { text: 'Second.' }])
  await using terminal = await recordedTui(place, ['Say first'])
  await terminal.showing('First.')
  const first = pidOf(place, /vendor\S+ app-server/)
  process.kill(first, 'SIGKILL')
  await eventually(() => expect(pidOf(place, /vendor\S+ app-server/)).not.toBe(first))
  await eventually(() => expect(terminal.screen).toMatch(/\? for shortcuts/))
  terminal.paste('Say second')
  terminal.press('Enter')
  await terminal.showing('Second.')
  terminal.paste('/quit')
  terminal.press('Enter')
  await terminal.ended()
  expect(place.session().ends.map(({ state }) => state)).not.toContain('failed')
  expect(programsOf(place)).toEqual([])
})

/** All but tmux's own shell. */
function programsOf(place: Workplace): string[] {
  return processesOf(place)
    .map(({ command }) => command)
    .filter((command) => !/^(tmux|sh|sleep) /.test(command))
}

function pidOf(place: Workplace, pattern: RegExp): number {
  const found = processesOf(place).find(({ command }) => pattern.test(command))
  if (found === undefined) throw new Error(`No process is ${pattern}: ${programsOf(place)}`)
  return found.pid
}
