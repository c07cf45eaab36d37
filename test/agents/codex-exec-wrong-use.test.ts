import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot, run, tachoCommand } from '../host/index.js'
import { outcomeOf } from './alike.js'
import { standIn } from './stand-in.js'
import { EXEC, workplace } from './workplace.js'

const SAYS_HELLO = `console.log('hello'); process.exitCode = 5`

test('a variable that means nothing keeps no other command from running', async () => {
  await using place = await workplace([], { codex: await standIn(SAYS_HELLO) })
  const env = { ...place.environment, TACHO_PERSIST_SESSION: 'maybe', TACHO_LOG_LEVEL: 'loud' }
  const { stdout, stderr, exitCode } = await place.tacho(['codex', '--version'], { env })
  expect([stdout.toString(), stderr.toString(), exitCode]).toEqual(['hello\n', '', 5])
})

const WRONG: [string, string[], Record<string, string>, number, RegExp][] = [
  [
    'TACHO_PERSIST_SESSION=maybe',
    [],
    { TACHO_PERSIST_SESSION: 'maybe' },
    2,
    /PERSIST_SESSION.*"maybe".*on \(1, true, yes, on\).*off/,
  ],
  [
    '--persist-session=perhaps',
    ['--persist-session=perhaps'],
    {},
    2,
    /--persist-session.*"perhaps"/,
  ],
  [
    '--debug-log that leads out',
    ['--persist-session', '--debug-log', '../x'],
    {},
    2,
    /--debug-log \.\.\/x.*inside the session folder.*absolute/,
  ],
  [
    'the same hidden',
    ['--persist-session', '--debug-log=a/../../x'],
    {},
    2,
    /inside the session folder/,
  ],
  ['the same without a session', ['--debug-log=../x'], {}, 2, /inside/],
  [
    'the same from the environment',
    ['--persist-session'],
    { TACHO_DEBUG_LOG: '../x' },
    2,
    /inside/,
  ],
  [
    '--sessions-dir without a folder',
    ['--persist-session', '--sessions-dir'],
    {},
    2,
    /--sessions-dir DIR/,
  ],
  [
    'an unknown log level',
    ['--persist-session'],
    { TACHO_LOG_LEVEL: 'loud' },
    2,
    /LOG_LEVEL.*"loud".*error, warn, info, debug/,
  ],
  [
    'TACHO_CODEX that is not there',
    [],
    { TACHO_CODEX: '/nonexistent/codex' },
    127,
    /TACHO_CODEX.*\/nonexistent\/codex/,
  ],
  ['TACHO_CODEX that is a folder', [], { TACHO_CODEX: '/tmp' }, 127, /TACHO_CODEX.*\/tmp/],
  [
    'no codex on PATH',
    [],
    { TACHO_CODEX: '', PATH: '/nonexistent' },
    127,
    /no codex on PATH.*npm install -g @openai\/codex.*TACHO_CODEX/,
  ],
]

test.each(WRONG)(
  '%s: one line, and the exit code of that',
  async (_, flags, more, exitCode, words) => {
    await using place = await workplace([], { codex: standIn(SAYS_HELLO) })
    const ended = await place.tacho(['codex', 'exec', ...flags], {
      env: { ...place.environment, ...more },
    })
    expect(ended).toMatchObject({ exitCode, signal: null })
    expect(ended.stdout.toString()).toBe('')
    expect(ended.stderr.toString()).toMatch(/^tacho: [^\n]+\n$/)
    expect(ended.stderr.toString()).toMatch(words)
    expect(readdirSync(place.home.codexHome)).toEqual(['config.toml'])
  },
)

test('a codex that may not be run is named', async () => {
  await using place = await workplace([], { codex: standIn(SAYS_HELLO) })
  const codex = join(place.home.root, 'not-executable')
  writeFileSync(codex, '#!/bin/sh\n')
  chmodSync(codex, 0o644)
  const ended = await place.tacho(['codex', 'exec'], {
    env: { ...place.environment, TACHO_CODEX: codex },
  })
  expect(ended).toMatchObject({ exitCode: 127 })
  expect(ended.stderr.toString()).toMatch(/^tacho: TACHO_CODEX names [^\n]*not-executable[^\n]*\n$/)
})

test.each([[], ['--persist-session']])(
  'a codex that cannot start is told as a shell tells it: %j',
  async (...flags) => {
    await using place = await workplace([], { codex: standIn('#!/nonexistent/interpreter\n') })
    const ended = await place.tacho(['codex', 'exec', ...flags])
    expect(ended).toMatchObject({ exitCode: 127, signal: null })
    expect(ended.stderr.toString()).toMatch(/^tacho: [^\n]*could not be started[^\n]*\n$/)
  },
)

test.each([
  ['', 'model = = "x"'],
  ['after a valid start', 'model = "gpt-5.5"\n[broken'],
  ['with a value of another type', 'model_providers = 7'],
])('a config.toml that does not parse is Codex’s to tell%s', async (_, toml) => {
  await using one = await workplace([])
  await using other = await workplace([])
  for (const { home } of [one, other]) writeFileSync(join(home.codexHome, 'config.toml'), toml)
  const [alone, taped] = await Promise.all([
    one.alone([...EXEC, 'Hello']),
    other.tacho(['codex', ...EXEC, 'Hello', '--persist-session']),
  ])
  expect(alone.exitCode).not.toBe(0)
  expect(outcomeOf(taped, other)).toEqual(outcomeOf(alone, one))
  expect(other.session().manifest.runs).toMatchObject([{ ended: { exitCode: alone.exitCode } }])
})

test('a command of Codex that holds no session is not recorded, and that is said where it was asked for', async () => {
  await using place = await workplace([], { codex: standIn(SAYS_HELLO) })
  const asked = await place.tacho(['codex', 'login', '--persist-session'])
  expect(asked).toMatchObject({ exitCode: 5 })
  expect(asked.stdout.toString()).toBe('hello\n')
  expect(asked.stderr.toString()).toMatch(/^tacho: [^\n]*holds no session[^\n]*\n$/)
  const env = { ...place.environment, TACHO_PERSIST_SESSION: '1' }
  const silent = await place.tacho(['codex', 'login'], { env })
  expect(silent.stderr.toString()).toBe('')
  expect(readdirSync(place.home.codexHome)).toEqual(['config.toml'])
})

test('where the tap cannot listen, the run goes on without it', async () => {
  await using place = await workplace([], { codex: standIn(SAYS_HELLO) })
  // A network with one port to listen on: one of our listeners takes it, the next gets none.
  const lines = 'echo "60000 60000" >/proc/sys/net/ipv4/ip_local_port_range || exit 90; exec "$@"'
  const unshare = ['unshare', process.getuid?.() === 0 ? '-n' : '-rn'] as const
  const ended = await run(
    [...unshare, 'sh', '-c', lines, 'sh', ...tachoCommand],
    ['codex', 'exec', '--persist-session'],
    { env: place.environment, cwd: place.home.cwd },
  )
  expect(ended).toMatchObject({ exitCode: 5, signal: null })
  expect(ended.stdout.toString()).toBe('hello\n')
  expect(ended.stderr.toString()).toMatch(/^tacho: no requests are recorded: .*EADDRINUSE.*\n$/)
  const session = place.session()
  expect(session.manifest.runs).toMatchObject([{ ended: { exitCode: 5 } }])
  expect(session.log).toMatch(/WARN {2}tacho: no requests are recorded: .*EADDRINUSE/)
})

test('where a part of Tacho is missing, codex runs all the same', async () => {
  await using place = await workplace([], { codex: standIn(SAYS_HELLO) })
  const copy = join(place.home.root, 'copy')
  for (const path of ['bin/tacho.js', 'bin/package.json', 'dist/bundle/agents/codex.cjs']) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    copyFileSync(join(repositoryRoot, 'packages/cli', path), join(copy, path))
  }
  const ended = await run(
    [process.execPath, join(copy, 'bin/tacho.js')],
    ['codex', 'exec', '--persist-session'],
    { env: place.environment, cwd: place.home.cwd },
  )
  expect(ended).toMatchObject({ exitCode: 5, signal: null })
  expect(ended.stdout.toString()).toBe('hello\n')
  expect(ended.stderr.toString()).toMatch(
    /^tacho: this session is not recorded\. [^\n]*reinstall it[^\n]*\n$/,
  )
})

test('a debug log goes where it is told', async () => {
  const codex = standIn(`console.error('a word'); process.exitCode = 5`)
  const cases: [string[], string, boolean][] = [
    [['--debug-log'], 'codex/log/session.log', false],
    [['--debug-log', 'mine.log'], 'codex/log/mine.log', false],
    [['--debug-log=ABSOLUTE/far/away.log'], 'far/away.log', false],
    [['--persist-session', '--debug-log', 'logs/mine.log'], 'logs/mine.log', true],
    [['--persist-session', '--debug-log=ABSOLUTE/far/away.log'], 'far/away.log', false],
  ]
  for (const [flags, path, isInside] of cases) {
    await using place = await workplace([], { codex })
    const own = flags.map((flag) => flag.replace('ABSOLUTE', place.home.root))
    const ended = await place.tacho(['codex', 'exec', ...own])
    expect(ended).toMatchObject({ exitCode: 5 })
    expect(ended.stderr.toString()).toBe('a word\n')
    const folder = isInside ? place.session().folder : place.home.root
    const { stdout } = await run('cat', [join(folder, path)], { env: {} })
    expect([flags, stdout.toString()]).toEqual([flags, expect.stringContaining('codex: a word')])
    const mode = await run('stat', ['-c', '%a', join(folder, path)], { env: {} })
    expect(mode.stdout.toString()).toBe('600\n')
  }
})
