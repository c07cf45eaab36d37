import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { remoteStartOf } from '../../../../packages/launcher/dist/codex/tui/remote-start.js'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'tacho-remote-start-')))
afterAll(() => rmSync(root, { recursive: true }))
const [repository, inside, worktree, elsewhere] = ['repo', 'repo/src', 'tree', 'other'].map(
  (name) => join(root, name),
) as [string, string, string, string]
for (const folder of [join(repository, '.git'), inside, worktree, elsewhere]) {
  mkdirSync(folder, { recursive: true })
}
writeFileSync(join(worktree, '.git'), `gitdir: ${repository}/.git/worktrees/tree\n`)

const TRUSTED = { projects: { [repository]: { trust_level: 'trusted' } } }
const REFUSED = { projects: { [repository]: { trust_level: 'untrusted' } } }
const POLICY = { approval_policy: 'on-request' }
const TRUST_INSIDE = ['-c', `projects={"${inside}"={trust_level="trusted"}}`]

type Case = [
  args: string[],
  expected: { tui?: string[]; server?: string[]; cwd?: string; reason?: string },
  options?: { config?: object; cwd?: string; sessionFolder?: string },
]

const CASES: Case[] = [
  [['Hello'], { tui: ['Hello'], server: [], cwd: repository }],
  [['--no-daemon', '--', '--no-daemon'], { tui: ['--', '--no-daemon'] }],
  [
    ['-c', 'a=1', '--config=b=2', '--enable', 'x', '--disable=y', '--strict-config', 'Hello'],
    {
      server: ['-c', 'a=1', '-c', 'b=2', '--enable', 'x', '--disable', 'y', '--strict-config'],
    },
  ],
  // A folder of the user's is where both are started.
  [['-C', 'src', 'Hello'], { tui: ['Hello'], server: [], cwd: inside }],
  [['--cd=src', 'Hello'], { tui: ['Hello'], cwd: inside }],
  [['-Csrc', 'Hello'], { tui: ['Hello'], cwd: inside }],
  [['-C', 'nowhere'], { reason: `${join(repository, 'nowhere')} is no folder` }],
  // Told the folder, the TUI asks for trust, and looks for sessions there only.
  [['Hello'], { tui: ['Hello', '--cd', elsewhere] }, { cwd: elsewhere }],
  [['Hello'], { tui: ['Hello'] }, { cwd: elsewhere, config: POLICY }],
  [['-a', 'never', 'Hello'], { tui: ['-a', 'never', 'Hello'] }, { cwd: elsewhere }],
  [['Hello'], { tui: ['Hello'], server: [] }, { cwd: worktree }],
  [['Hello'], { reason: 'the folder is not trusted' }, { config: REFUSED }],
  [['Hello'], { reason: 'the folder is not trusted' }, { config: REFUSED, cwd: inside }],
  [['resume', '--last', 'On'], { tui: ['resume', '--last', 'On', '--cd', repository], server: [] }],
  [['resume'], { tui: ['resume', '--cd', inside], server: TRUST_INSIDE }, { cwd: inside }],
  [
    ['fork', '--last'],
    { reason: 'it is not known whether the folder is trusted' },
    { cwd: elsewhere, config: POLICY },
  ],
  [['resume', '--all'], { reason: 'the session may have been in another folder' }],
  [['resume', 'ID'], { tui: ['resume', 'ID'] }, { sessionFolder: repository }],
  [
    ['resume', 'ID'],
    { reason: 'the session may have been in another folder' },
    { sessionFolder: elsewhere },
  ],
  [['resume', 'a name'], { reason: 'the session may have been in another folder' }],
  [
    ['resume', 'ID', '-C', '.'],
    { tui: ['resume', 'ID', '--cd', repository] },
    { sessionFolder: elsewhere },
  ],
  ...['--remote=unix://x', '--add-dir=x', '-pwork', '--oss', '--worktree'].map((option): Case => {
    const name = /^(--[a-z-]+|-p)/.exec(option)?.[1]
    return [[option, 'Hello'], { reason: `with ${name} the TUI takes no app-server of ours` }]
  }),
  [
    ['-c', 'sandbox_workspace_write.writable_roots=["/x"]'],
    {
      reason: 'with sandbox_workspace_write.writable_roots the TUI takes no app-server of ours',
    },
  ],
  [['--', '--add-dir'], { tui: ['--', '--add-dir'] }],
]

for (const [args, expected, { config = TRUSTED, cwd = repository, sessionFolder } = {}] of CASES) {
  const where = cwd.slice(root.length + 1)
  test(`codex ${args.join(' ')} in ${where}: ${expected.reason ?? 'has an app-server of ours'}`, () => {
    expect(remoteStartOf({ args, config, cwd, sessionFolder } as never)).toMatchObject(expected)
  })
}
