import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

test('--version is that of the package', async () => {
  const manifest = readFileSync(join(dirname(TACHO), '../package.json'), 'utf8')
  const { stdout, exitCode } = await tacho(['--version'])
  expect([stdout.toString(), exitCode]).toEqual([`${JSON.parse(manifest).version}\n`, 0])
})

test('--help names every command and goes to stdout', async () => {
  const { stdout, stderr, exitCode } = await tacho(['--help'])
  for (const name of ['codex', 'ls', 'show', 'raw', 'shim', 'completion']) {
    expect(stdout.toString()).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  }
  expect([stderr, exitCode]).toEqual(['', 0])
})

test('help codex tells its flags', async () => {
  const { stdout } = await tacho(['help', 'codex'])
  for (const flag of ['--persist-session', '--debug-log [path]', '--sessions-dir <dir>']) {
    expect(stdout.toString()).toContain(flag)
  }
})

for (const [words, told] of [
  [[], 'Usage: tacho'],
  [['sho'], "unknown command 'sho'"],
  [['ls', '--jsn'], "unknown option '--jsn'"],
  [['show', '--sessions-dir'], 'argument missing'],
  [['show', 'one', 'two'], 'too many arguments'],
  [['raw'], "missing required argument 'session'\nUsage: tacho raw [options] <session> <n>"],
  [['export', 'har'], 'More: tacho help export har'],
  [['help', 'foo'], 'tacho has no command "foo". It has: acp, approvals,'],
  [['help', 'export', 'foo'], 'tacho export has no command "foo". It has: '],
  [['help', 'show', 'foo'], 'tacho show has no command "foo". It has no subcommands.'],
] as const) {
  test(`"${['tacho', ...words].join(' ')}" is wrong use: exit code 2, words on stderr`, async () => {
    const { stdout, stderr, exitCode } = await tacho(words)
    expect([stdout.toString(), exitCode]).toEqual(['', 2])
    expect(stderr).toContain(told)
  })
}

test('help goes as deep as the commands do', async () => {
  const { stdout, exitCode } = await tacho(['help', 'export', 'otlp'])
  expect(stdout.toString()).toContain('Usage: tacho export otlp')
  expect(exitCode).toBe(0)
})

test('a working folder that is gone is told in a sentence', () => {
  const script = `mkdir "$1" && cd "$1" && rmdir "$1" && "${TACHO}" show ./last`
  const gone = join(sessionsDirectory(), 'gone')
  const { stderr, status } = spawnSync('sh', ['-c', script, 'sh', gone], { encoding: 'utf8' })
  expect([stderr, status]).toEqual([
    'tacho: the folder that you are in is gone. Go to another: cd\n',
    1,
  ])
})

test('before the build, tacho says how to build it', () => {
  const folder = sessionsDirectory()
  cpSync(dirname(TACHO), join(folder, 'bin'), { recursive: true })
  for (const words of [['ls'], ['codex']]) {
    const { stderr, status } = spawnSync(
      process.execPath,
      [join(folder, 'bin/tacho.js'), ...words],
      { encoding: 'utf8' },
    )
    expect([stderr, status]).toEqual([
      'tacho: Tacho is not built yet. In its folder, run: npm run build\n',
      1,
    ])
  }
})

test('a full disk for the output is said, and is a failure', () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', `"${TACHO}" ls --sessions-dir "${directory}" > /dev/full`],
    { encoding: 'utf8' },
  )
  expect([stderr, status]).toEqual(['tacho: the output cannot be written (ENOSPC).\n', 1])
})
