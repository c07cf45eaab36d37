import { expect, test } from 'vitest'
import { workplace } from '../agents/workplace.js'
import { eventually } from '../host/index.js'
import { recordedTui } from '../host/tui-terminals.js'
import { execCommand } from '../scripted-model/index.js'
import { tacho } from './tacho.js'

test('the title that the TUI asks for is no turn of the user, and /new begins a session then', async () => {
  await using place = await workplace([
    { calls: [execCommand('echo one')] },
    { text: 'The first is done.' },
    { text: 'The second is done.' },
  ])
  await using terminal = await recordedTui(place, ['Say one'])
  await terminal.showing('The first is done.')
  // The turn has ended, and the title has come.
  await terminal.showing(/Worked for .*· scripted/s)
  const say = (words: string): void => {
    terminal.paste(words)
    terminal.press('Enter')
  }
  say('/new')
  await eventually(() => expect(terminal.screen).not.toContain('The first is done.'))
  say('Say two')
  await terminal.showing('The second is done.')
  say('/quit')
  await terminal.ended()

  const [first, second] = place.sessions()
  const { stdout } = await tacho([
    ...['show', first?.id ?? '', '--sessions-dir'],
    `${place.home.codexHome}/sessions`,
  ])
  const rows = stdout.toString().split('\n')
  const outline = rows.flatMap((row) => /\+\S+ +(turn \d|title|POST|tool \S+)/.exec(row)?.[1] ?? [])
  expect(outline).toEqual(['turn 1', 'POST', 'tool exec_command', 'POST', 'title', 'POST'])
  // It counts from its own first request, which came after the whole first session.
  const last = first?.exchanges.at(-1)?.time ?? ''
  expect(second?.manifest.startedAt.localeCompare(last)).toBe(1)
  expect(second?.manifest.runs[0]?.startedAt).toBe(second?.manifest.startedAt)
  for (const { log } of [first, second].flatMap((session) => session ?? [])) {
    expect(log).toMatch(/^\S+ INFO {2}tacho: recording .*\(tui\)/)
    expect(log).toMatch(/ tacho: codex ended: exit code 0\n$/)
  }
})
