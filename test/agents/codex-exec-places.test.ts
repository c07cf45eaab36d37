import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run, tachoCommand } from '../host/index.js'
import { sessionIdOf, standIn } from './stand-in.js'
import { type Workplace, workplace } from './workplace.js'

const IS_ROOT = process.getuid?.() === 0
const NOBODY = 65534
// The superuser may write anywhere.
const AS_NOBODY = IS_ROOT
  ? (['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] as const)
  : (['env'] as const)
const ASKS_TWICE = `
;(async () => {
  console.log((await ask('one')).includes('Fine.'), (await ask('two')).includes('Fine.'))
  process.exitCode = 5
})()`
const AS_ALONE = { exitCode: 5, signal: null }

/** Damages the place of the sessions, or names another. */
type Spoil = (root: string, place: Workplace) => string | undefined

// Where sessions should go, and what is wrong with that place. `root` is the sessions folder.
const BAD_ROOTS: [string, Spoil, RegExp][] = [
  ['is a file', (root) => void writeFileSync(root, 'mine'), /is not a folder/],
  ['is a link', (root, { home }) => void symlinkSync(home.cwd, root), /symbolic link/],
  ['is a dangling link', (root) => void symlinkSync('/nonexistent/x', root), /symbolic link/],
  [
    'can be written by others',
    (root) => void mkdir(root, 0o777),
    /can be written by others.*chmod/,
  ],
  ['can be written by its group', (root) => void mkdir(root, 0o770), /can be written by others/],
  ['belongs to somebody else', makeOthers, /belongs to somebody else/],
  ['is a FIFO', (root) => void execFileSync('mkfifo', [root]), /is not a folder/],
]

describe('a folder of sessions that', () => {
  test.each(BAD_ROOTS)('%s is refused in a line, and the run goes on', async (_, spoil, words) => {
    await using place = await workplace([{ text: 'Fine.' }], { codex: standIn(ASKS_TWICE) })
    const wanted = join(place.home.root, 'sessions')
    const root = spoil(wanted, place) ?? wanted
    const env = { ...place.environment, STAND_IN_BASE: place.model.baseUrl }
    const args = ['codex', 'exec', '--persist-session', '--sessions-dir', root]
    const ended = await place.tacho(args, { env })
    expect(ended).toMatchObject(AS_ALONE)
    expect(ended.stdout.toString()).toBe('true true\n')
    expect(ended.stderr.toString()).toMatch(/^tacho: this session is not recorded\. [^\n]*\n$/)
    expect(ended.stderr.toString()).toMatch(words)
    expect(ended.stderr.toString()).toContain(root)
    expect(readdirSync(place.home.cwd)).toEqual([])
    expect(readdirSync(place.home.codexHome)).toEqual(['config.toml'])
  })

  test('may not be written by this user is refused in a line', async () => {
    await using place = await workplace([{ text: 'Fine.' }], { codex: standIn(ASKS_TWICE) })
    for (const path of [place.home.root, place.home.cwd]) chmodSync(path, 0o755)
    chmodSync(place.home.codexHome, 0o555)
    const env = { ...place.environment, STAND_IN_BASE: place.model.baseUrl }
    const ended = await run(
      [...AS_NOBODY, ...tachoCommand],
      ['codex', 'exec', '--persist-session'],
      { env, cwd: place.home.cwd },
    )
    expect(ended).toMatchObject(AS_ALONE)
    expect(ended.stdout.toString()).toBe('true true\n')
    expect(ended.stderr.toString()).toMatch(
      /^tacho: this session is not recorded\. [^\n]*sessions: permission denied\.[^\n]*\n$/,
    )
  })

  test('is not there yet is made, private whatever the umask', async () => {
    for (const umask of ['000', '077', '777']) {
      await using place = await workplace([{ text: 'Fine.' }], { codex: standIn(ASKS_TWICE) })
      const root = join(place.home.root, 'not', 'there')
      const line = `umask ${umask}; exec "$0" "$@"`
      await run(
        ['sh', '-c', line, ...tachoCommand],
        ['codex', 'exec', '--persist-session', '--sessions-dir', root],
        { env: place.environment, cwd: place.home.cwd },
      )
      const session = place.session(root)
      expect(session.mode()).toBe('700')
      for (const name of session.names()) {
        expect([umask, name, session.mode(name)]).toEqual([umask, name, '600'])
      }
    }
  })
})

describe('a disk that is full', () => {
  test('from the start is told in a line, and the run goes on', async () => {
    const ended = await runOnDisk('nr_inodes=1', ASKS_TWICE)
    expect(ended).toMatchObject({ ...AS_ALONE, stdout: 'true true\n' })
    expect(ended.stderr).toMatch(/^tacho: this session is not recorded\. [^\n]*no space[^\n]*\n$/)
  })

  test('before the first byte is told in a line for each file, and the run goes on', async () => {
    const ended = await runOnDisk('size=64k', ASKS_TWICE, 'head -c 1m /dev/zero >"$DISK/ballast"')
    expect(ended).toMatchObject({ ...AS_ALONE, stdout: 'true true\n' })
    expectLossLines(ended.stderr)
  })

  test('for a while costs what came meanwhile, and the log tells how much', async () => {
    const ended = await runOnDisk('size=512k', FILLS_AND_FREES)
    expect(ended).toMatchObject({ ...AS_ALONE, stdout: 'true\n' })
    expectLossLines(ended.stderr)
    const [first, ...others] = ended.shown.exchanges
    expect(first).toMatchObject({ number: 1, state: 'completed' })
    expect(others.at(-1)).toMatchObject({ state: 'completed', status: 200 })
    expect(ended.shown.gaps).toMatchObject([{ reason: 'ENOSPC' }])
    // A line that the disk took only half of stays, at most one per file.
    const torn = ended.shown.damage
    expect(torn.map(({ reason }) => reason)).toEqual(torn.map(() => 'torn or broken JSON'))
    expect(new Set(torn.map(({ file }) => file)).size).toBe(torn.length)
  })
})

test('a session folder that is spoilt is not written to: its link is not followed', async () => {
  await using place = await workplace([{ text: 'Fine.' }], { codex: standIn(ASKS_TWICE) })
  const root = join(place.home.codexHome, 'sessions')
  mkdir(root, 0o700)
  mkdir(join(place.home.root, 'elsewhere'), 0o700)
  symlinkSync(join(place.home.root, 'elsewhere'), join(root, sessionIdOf(1)))
  const ended = await place.tacho(['codex', 'exec', '--persist-session'])
  expect(ended).toMatchObject(AS_ALONE)
  expect(ended.stdout.toString()).toBe('true true\n')
  expect(ended.stderr.toString()).toMatch(/^tacho: [^\n]*symbolic link[^\n]*\n$/)
  expect(readdirSync(join(place.home.root, 'elsewhere'))).toEqual([])
  const [kept, ...more] = place.sessions().filter(({ id }) => id !== sessionIdOf(1))
  expect(more).toEqual([])
  expect(ended.stderr.toString()).toContain(kept?.folder)
  expect(kept?.ends).toMatchObject([{ state: 'completed' }, { state: 'completed' }])
})

test('a session id that is a path names no folder', async () => {
  const ids = [
    '../../outside',
    '/etc/outside',
    '..',
    '.hidden',
    'a/b',
    'x'.repeat(300),
    'a\nb',
    '\0',
  ]
  const codex = standIn(`
    ;(async () => {
      for (const session_id of ${JSON.stringify(ids)}) {
        const told = { 'x-codex-turn-metadata': JSON.stringify({ session_id, turn_id: 't' }) }
        console.log((await ask(session_id, told)).includes('Fine.'))
      }
    })()`)
  await using place = await workplace([{ text: 'Fine.' }], { codex })
  const ended = await place.tacho(['codex', 'exec', '--persist-session'])
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(ended.stdout.toString()).toBe('true\n'.repeat(ids.length))
  expect(ended.stderr.toString()).toBe('')
  const sessions = place.sessions()
  for (const session of sessions) {
    expect(session.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(session.manifest.id).toBe(session.id)
  }
  const ends = sessions.flatMap((session) => session.ends.map(({ state }) => state))
  expect(ends).toEqual(ids.map(() => 'completed'))
  expect(readdirSync(place.home.root).sort()).toEqual(['codex', 'home', 'tmp', 'work'])
  expect(readdirSync(place.home.codexHome).sort()).toEqual(['config.toml', 'sessions'])
  expect(existsSync('/etc/outside')).toBe(false)
})

test('two sessions of one process do not mix', async () => {
  const codex = standIn(`
    const of = (n, thread) => ({ 'x-codex-turn-metadata': JSON.stringify({
      session_id: '0199a1b2-c3d4-7e5f-8a9b-00000000000' + n, thread_id: thread, turn_id: 't' + n }) })
    ;(async () => {
      await ask('first of one', of(1))
      await Promise.all([ask('second of one', of(1)), ask('first of two', of(2))])
      await ask('third of one', of(1))
    })()`)
  await using place = await workplace([{ text: 'Fine.' }], { codex })
  expect(await place.tacho(['codex', 'exec', '--persist-session'])).toMatchObject({ exitCode: 0 })
  const sessions = place.sessions()
  expect(sessions.map(({ id }) => id)).toEqual([sessionIdOf(1), sessionIdOf(2)])
  for (const [index, session] of sessions.entries()) {
    const [own, other] = index === 0 ? ['of one', 'of two'] : ['of two', 'of one']
    const bodies = JSON.stringify(session.raw.filter(({ kind }) => kind === 'request-body'))
    expect(bodies).toContain(own)
    expect(bodies).not.toContain(other)
    expect(session.exchanges).toHaveLength(index === 0 ? 3 : 1)
    expect(new Set(session.spans.map(({ traceId }) => traceId))).toEqual(
      new Set([session.id.replaceAll('-', '')]),
    )
    expect(session.spans.filter(({ name }) => name === 'session')).toHaveLength(1)
    expect(session.manifest.runs).toMatchObject([{ ended: { exitCode: 0 } }])
  }
})

const FILLS_AND_FREES = `
;(async () => {
  const said = [(await ask('one')).includes('Fine.')]
  // The answer is passed on first, and its end is written after that.
  const log = process.env.DISK + '/${sessionIdOf(1)}/session_oai_raw.log'
  while (!fs.readFileSync(log, 'utf8').includes('"kind":"end"')) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const ballast = process.env.DISK + '/ballast'
  try {
    for (;;) fs.appendFileSync(ballast, Buffer.alloc(4096))
  } catch {}
  // An answer that comes at once may precede the record of its request, but not of several.
  for (let count = 0; count < 10; count += 1)
    said.push((await ask('two '.repeat(5000))).includes('Fine.'))
  fs.rmSync(ballast)
  said.push((await ask('three')).includes('Fine.'))
  console.log(said.every(Boolean))
  process.exitCode = 5
})()`

type Shown = { exchanges: object[]; gaps: object[]; damage: { file: string; reason: string }[] }

/**
 * Records a run to a disk of its own that nobody else sees.
 *
 * @param options of the tmpfs.
 * @param spoil a line of shell to run first.
 */
async function runOnDisk(options: string, codex: string, spoil = '') {
  await using place = await workplace([{ text: 'Fine.' }], { codex: standIn(codex) })
  const disk = join(place.home.root, 'disk')
  const shown = join(place.home.root, 'shown.json')
  mkdirSync(disk)
  const lines = `
    mount -t tmpfs -o "$OPTIONS,mode=700" tmpfs "$DISK" || exit 90
    ${spoil} 2>/dev/null
    "$@"; code=$?
    "$1" "$2" show last --json >"$SHOWN" 2>/dev/null
    exit $code`
  const ended = await run(
    ['unshare', process.getuid?.() === 0 ? '-m' : '-rm', 'sh', '-c', lines, 'sh', ...tachoCommand],
    ['codex', 'exec', '--persist-session'],
    {
      env: {
        ...place.environment,
        STAND_IN_BASE: place.model.baseUrl,
        TACHO_SESSIONS_DIR: disk,
        OPTIONS: options,
        DISK: disk,
        SHOWN: shown,
      },
      cwd: place.home.cwd,
    },
  )
  const json = readFileSync(shown, 'utf8')
  return {
    ...ended,
    stdout: ended.stdout.toString(),
    stderr: ended.stderr.toString(),
    shown: (json === '' ? {} : JSON.parse(json)) as Shown,
  }
}

function expectLossLines(stderr: string): void {
  const lines = stderr.trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(4)
  for (const line of lines) expect(line).toMatch(/^tacho: \/.*ENOSPC.*The run goes on\.$/)
  expect(new Set(lines).size).toBe(lines.length)
}

function mkdir(path: string, mode: number): void {
  mkdirSync(path)
  chmodSync(path, mode)
}

// Only root can give a folder to another owner; without root the test would own it.
function makeOthers(path: string): string {
  if (!IS_ROOT) return '/usr'
  mkdir(path, 0o700)
  chownSync(path, NOBODY, NOBODY)
  return path
}
