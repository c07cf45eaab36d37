import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SESSION_ID, sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

const directory = sessionsDirectory()
writeSession(directory)

for (const [typed, offered] of [
  [
    ['tacho', 'sh'],
    ['show', 'shim'],
  ],
  [['tacho', 'show', 'la'], ['last']],
  [['tacho', 'show', '0199'], [SESSION_ID]],
  [['tacho', 'raw', '0199'], [SESSION_ID]],
  [['tacho', 'rebuild', '0199'], [SESSION_ID]],
  [
    ['tacho', 'rebuild', 'last', '--'],
    ['--all', '--help', '--json', '--sessions-dir', '--to'],
  ],
  [
    ['tacho', 'raw', 'last', '1', '--re'],
    ['--request', '--response'],
  ],
  [['tacho', 'ls', '--i'], []],
  [
    ['tacho', 'completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['tacho', 'export', 'p'],
    ['parquet', 'perfetto'],
  ],
  [['tacho', 'export', 'otlp', '0199'], [SESSION_ID]],
  [['tacho', 'export', 'otlp', 'last', '--ag'], ['--again']],
  [['tacho', 'codex', '--p'], ['--persist-session']],
] as const) {
  test(`bash completes "${typed.join(' ')}" to ${offered.join(', ') || 'nothing'}`, async () => {
    const { stdout } = await tacho(['completion', 'bash'])
    const script = `${stdout}
      tacho() { "${TACHO}" "$@"; }
      COMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}
      _tacho; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout: completed, stderr } = spawnSync('bash', ['-c', script], {
      env: { ...process.env, TACHO_SESSIONS_DIR: directory, HOME: '/nonexistent' },
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(completed.split('\n').filter(Boolean).sort()).toEqual([...offered].sort())
  })
}

for (const shell of ['zsh', 'fish'] as const) {
  test(`the ${shell} script names every command, and ${shell} takes it where there is one`, async () => {
    const { stdout, exitCode } = await tacho(['completion', shell])
    expect(exitCode).toBe(0)
    for (const name of ['codex', 'ls', 'show', 'raw', 'shim', 'completion']) {
      expect(stdout.toString()).toContain(name)
    }
    const path = join(directory, `script.${shell}`)
    writeFileSync(path, stdout)
    chmodSync(path, 0o600)
    const checked = spawnSync(shell, ['-n', path], { encoding: 'utf8' })
    const isThere = (checked.error as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT'
    expect(isThere ? checked.stderr : '').toBe('')
  })
}

test('a shell that is not known is refused with those that are', async () => {
  const { stderr, exitCode } = await tacho(['completion', 'tcsh'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('bash, zsh, fish')
})
