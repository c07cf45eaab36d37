import { expect, test } from 'vitest'
import { openTerminal } from '../host/tmux.js'
import { sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { TACHO } from './tacho.js'

const directory = sessionsDirectory()
for (const digit of [1, 2, 3]) {
  writeSession(directory, { id: `0199a1b${digit}-c3d4-7e5f-8a9b-0c1d2e3f4a5b` })
}

for (const [columns, term] of [
  [40, 'tmux-256color'],
  [24, 'tmux-256color'],
  [100, 'tmux-256color'],
  [40, 'dumb'],
] as const) {
  test(`nothing of the bar is left at ${columns} columns with TERM=${term}`, async () => {
    const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', LANG: 'C.UTF-8' }
    const words = [`TERM=${term}`, TACHO, 'verify', '--all', '--sessions-dir', directory]
    await using terminal = await openTerminal('env', words, { env, cwd: directory, columns })
    const { screen } = await terminal.ended()
    expect(screen.replaceAll('\n', '')).toContain('0199a1b3')
    expect(screen).not.toMatch(/verifying|\[[#-]|\d %/)
  })
}
