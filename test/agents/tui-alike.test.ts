import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { some } from '../faults/extent.js'
import { eventually } from '../host/index.js'
import { execCommand } from '../scripted-model/index.js'
import { tuiPair } from './tui-pair.js'
import type { Workplace } from './workplace.js'

const ASKS = execCommand('echo hello > made.txt', { sandbox_permissions: 'require_escalated' })

test('what the model is asked and offered, and what the screen shows, are those of the TUI alone', async () => {
  const { alone, recorded } = await tuiPair(
    [
      { text: 'I ask first.', calls: [ASKS] },
      { text: 'It is done.' },
      { text: 'It goes on, '.repeat(40), deltas: 40, holdAfter: 20 },
    ],
    {
      args: ['Write a file'],
      async drive(terminal, shot, place) {
        await terminal.showing('Yes, proceed (y)')
        shot()
        await terminal.answer('y', 'Yes, proceed (y)')
        await terminal.showing('It is done.')
        await terminal.showing(/Worked for .*· scripted/s)
        shot()
        terminal.paste('Go on')
        terminal.press('Enter')
        await terminal.showing('It goes on')
        await place.model.responseSent(3, 20)
        terminal.resize(72, 24)
        terminal.press('Escape')
        await terminal.showing('Conversation interrupted')
        shot()
        terminal.press('F2')
        await terminal.showing('Warnings')
        shot()
        terminal.press('Escape')
        // Keys that follow immediately would become part of it.
        await eventually(() => expect(terminal.screen).not.toContain('Warnings'))
      },
    },
  )
  expect(recorded).toEqual(alone)
  expect(recorded.exitCode).toBe(0)
  expect(recorded.requests).toHaveLength(3)
  expect(recorded.screens.join()).not.toMatch(/tacho|hook/i)
})

const OPTIONS: [args: string[], prepare?: (place: Workplace) => void][] = [
  [['-p', 'work'], withProfile],
  [['-s', 'workspace-write', '--add-dir', '/']],
  [['--worktree'], withRepository],
  [['-c', 'model_verbosity="low"']],
  [['--search']],
]

for (const [args, prepare] of some(OPTIONS, 3)) {
  test(`with ${args.join(' ')} the TUI is the same, and what is asked is recorded`, async () => {
    const { alone, recorded } = await tuiPair([{ calls: [ASKS] }, { text: 'It is done.' }], {
      args: [...args, 'Write a file'],
      ...(prepare !== undefined && { prepare }),
      async drive(terminal, shot) {
        await terminal.showing('Yes, proceed (y)')
        await terminal.answer('y', 'Yes, proceed (y)')
        await terminal.showing('It is done.')
        await terminal.showing(/Worked for .*· scripted/s)
        shot()
      },
      look(place) {
        const { spans } = place.session()
        expect(spans.map(({ name }) => name)).toContain('approval command')
      },
    })
    expect(recorded).toEqual(alone)
  })
}

function withProfile({ home }: Workplace): void {
  writeFileSync(join(home.codexHome, 'work.config.toml'), 'model_verbosity = "low"\n')
}

function withRepository({ home }: Workplace): void {
  mkdirSync(home.cwd, { recursive: true })
  const commit = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-q']
  for (const args of [
    ['init', '-q'],
    [...commit, '--allow-empty', '-m', 'first'],
  ])
    spawnSync('git', args, { cwd: home.cwd, env: { ...process.env, ...AT_ONE_TIME } })
}

// The model is told a commit's id, which depends on these too.
const AT_ONE_TIME = {
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
}
