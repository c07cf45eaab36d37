import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { some } from '../faults/extent.js'
import { sessionsDirectory, timeAt, writeSession } from '../reader/session-folder.js'
import { type Finished, TACHO, tacho } from './tacho.js'

const IDS = [1, 2, 3].map((digit) => `0199a1b${digit}-0000-7000-8000-000000000000`) as [
  string,
  string,
  string,
]

describe('a folder without rights among the sessions', () => {
  const root = sessionsDirectory()
  const locked = join(root, IDS[2])

  beforeAll(() => {
    for (const [index, id] of IDS.entries()) {
      const folder = writeSession(root, { id, run: { startedAt: timeAt(index * 1000) } })
      writeFileSync(join(folder, SESSION_FILES.events), '')
    }
    // Owned by nobody: root may look into any folder, and tests may run as root.
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, root])
    chmodSync(locked, 0)
    return () => chmodSync(locked, 0o700)
  })

  for (const words of [
    ['ls'],
    ['ls', '--json'],
    ['grep', 'nothing like it'],
    ['sql', 'select count(*) from sessions'],
    ['stats', '--all'],
    ['approvals', '--all'],
    ['export', 'parquet', '--all', '-o', 'OUT'],
    ['export', 'parquet', '--since', '2020-01-01', '-f', '-o', 'OUT'],
  ]) {
    test(`is skipped and named by ${words.join(' ')}, with exit code 3`, () => {
      const { stdout, stderr, exitCode } = asNobody(words, root)
      expect(stderr).toContain(`skipped ${locked}: permission denied (EACCES)`)
      expect(stderr).not.toContain('bug in Tacho')
      expect(exitCode).toBe(3)
      if (words[0] === 'ls') for (const id of IDS.slice(0, 2)) expect(stdout).toContain(id)
    })
  }

  test('rebuild --all names it beside those that have no events', () => {
    const { stderr } = asNobody(['rebuild', '--all', '--to', 'OUT'], root)
    expect(stderr).toContain(`skipped ${locked}`)
    expect(stderr).not.toContain('bug in Tacho')
  })

  test('seal --older-than names it, and seals the others', () => {
    const { stderr, stdout, exitCode } = asNobody(['seal', '--older-than', '1m', '--json'], root)
    expect(stderr).toContain(`skipped ${locked}`)
    expect([JSON.parse(stdout).length, exitCode]).toEqual([2, 3])
  })

  test('show last names it, and shows the last of the others', () => {
    const { stdout, stderr, exitCode } = asNobody(['show', 'last'], root)
    expect(stdout).toContain(`session ${IDS[1]}`)
    expect([stderr, exitCode]).toEqual([
      `tacho: skipped ${locked}: permission denied (EACCES).\n`,
      0,
    ])
  })

  test('verify --all finds it unreadable, and verifies the others', () => {
    const { stdout, stderr, exitCode } = asNobody(['verify', '--all', '--json'], root)
    expect(stderr).toBe('')
    const found = JSON.parse(stdout) as { id: string; unreadable: string | null }[]
    expect(found.map(({ id, unreadable }) => [id, unreadable])).toEqual(
      expect.arrayContaining([
        [IDS[0], null],
        [IDS[1], null],
        [IDS[2], 'the folder cannot be read (EACCES)'],
      ]),
    )
    expect(exitCode).toBe(2)
  })

  test.each([
    ['show', 1],
    ['verify', 2],
    ['approvals', 1],
  ])('%s of its id says why', (command, code) => {
    for (const name of [IDS[2], locked]) {
      const { stderr, exitCode } = asNobody([command, name], root)
      expect(stderr).toBe(`tacho: ${locked} cannot be looked into: permission denied (EACCES).\n`)
      expect(exitCode).toBe(code)
    }
  })

  test('a root without rights is named', () => {
    const parent = sessionsDirectory()
    const unreadable = join(parent, 'locked')
    mkdirSync(unreadable)
    chmodSync(parent, 0o755)
    chmodSync(unreadable, 0)
    onTestFinished(() => chmodSync(unreadable, 0o700))
    const { stderr, exitCode } = asNobody(['ls', '--json'], unreadable)
    expect([stderr, exitCode]).toEqual([
      `tacho: skipped ${unreadable}: permission denied (EACCES).\n`,
      3,
    ])
  })
})

describe('last', () => {
  test('is the last that has something in it, and names what it passes over', async () => {
    const root = sessionsDirectory()
    writeSession(root, { id: IDS[0], run: { startedAt: timeAt(0) } })
    writeSession(root, { id: IDS[1], run: { startedAt: timeAt(1000) }, raw: [], meta: [] })
    const { stdout, stderr, exitCode } = await tacho(['show', 'last', '--sessions-dir', root])
    expect(stdout.toString()).toContain(`session ${IDS[0]}`)
    expect([stderr, exitCode]).toEqual([
      `tacho: skipped ${IDS[1]}, which started later but is empty.\n`,
      0,
    ])
  })

  test('says so where no session has anything in it', async () => {
    const root = sessionsDirectory()
    writeSession(root, { id: IDS[0], raw: [], meta: [] })
    const { stdout, stderr } = await tacho(['show', 'last', '--sessions-dir', root])
    expect(stdout.toString()).toContain(`session ${IDS[0]}`)
    expect(stderr).toBe(`tacho: every session is empty; ${IDS[0]} is the most recent.\n`)
  })
})

describe('a path in place of an id', () => {
  const root = sessionsDirectory()
  const folder = writeSession(root, { id: IDS[0] })
  const elsewhere = writeSession(root, { id: 'a session of mine' })

  for (const command of [
    ['show'],
    ['verify'],
    ['approvals'],
    ['cancellations'],
    ['raw', '1'],
    ['export', 'har', '-o', '-'],
    ['export', 'perfetto', '-o', '-'],
    ['seal'],
  ]) {
    test(`is taken by ${command.join(' ')}`, async () => {
      const [first = '', ...rest] = command
      const words = first === 'export' ? [first, rest[0] ?? ''] : [first]
      const more = first === 'export' ? rest.slice(1) : rest
      const shown = await tacho([...words, folder, ...more])
      expect(shown.stderr).not.toMatch(/no session|bug in Tacho/)
      expect(shown.exitCode).not.toBe(2)
    })
  }

  test('may be relative, a link, one of its files, of any name, or begin with ~', async () => {
    const link = join(root, 'link')
    symlinkSync(folder, link)
    for (const [path, home] of [
      [relative(process.cwd(), folder), '/'],
      [link, '/'],
      [join(folder, SESSION_FILES.manifest), '/'],
      [`${elsewhere}/`, '/'],
      [`~/${basename(folder)}`, root],
    ] as const) {
      const shown = await tacho(['show', path], { HOME: home })
      expect([shown.exitCode, path]).toEqual([0, path])
      expect(shown.stdout.toString()).toMatch(/exchanges 2: /)
    }
  })

  test('says what is wrong with it', async () => {
    for (const [path, words] of [
      [join(root, 'nowhere'), 'There is no '],
      [dirname(root), 'holds no session'],
    ] as const) {
      const shown = await tacho(['show', path])
      expect(shown.stderr).toContain(words)
      expect(shown.exitCode).toBe(1)
    }
  })
})

test('two ids that differ in case are two sessions, by any beginning', async () => {
  const root = sessionsDirectory()
  const [lower, upper] = ['abcdef00-one', 'ABCDEF00-one']
  for (const id of [lower, upper]) writeSession(root, { id })
  for (const [name, id] of [
    [lower, lower],
    [upper, upper],
    ['abcdef00', lower],
    ['ABCDEF00', upper],
    ['AB', upper],
  ] as const) {
    const { stdout } = await tacho(['show', name, '--sessions-dir', root])
    expect(stdout.toString()).toContain(`session ${id}\n`)
  }
  const mixed = await tacho(['show', 'aBcdef', '--sessions-dir', root])
  expect(mixed.stderr).toContain('is the beginning of 2 sessions')
})

describe('~ in a folder for sessions is the home folder', () => {
  test('in --sessions-dir and in TACHO_SESSIONS_DIR', async () => {
    const home = sessionsDirectory()
    mkdirSync(join(home, 'rec'))
    writeSession(join(home, 'rec'), { id: IDS[0] })
    const byFlag = await tacho(['ls', '--ids', '--sessions-dir', '~/rec'], { HOME: home })
    const byVariable = await tacho(['ls', '--ids'], { HOME: home, TACHO_SESSIONS_DIR: '~/rec' })
    for (const { stdout } of [byFlag, byVariable]) expect(stdout.toString()).toBe(`${IDS[0]}\n`)
  })

  test('an empty folder is refused', async () => {
    expect((await tacho(['ls', '--sessions-dir', ''])).exitCode).toBe(2)
  })
})

describe('one rule for damage', () => {
  const raw = SESSION_FILES.raw
  const flip = (folder: string, file: string, at: number): void => {
    const bytes = readFileSync(join(folder, file))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(join(folder, file), bytes)
  }

  for (const [what, spoil] of [
    ['a byte flipped in the raw log', (folder) => flip(folder, raw, 500)],
    ['a byte flipped in the spans', (folder) => flip(folder, SESSION_FILES.meta, 300)],
    [
      'a line of another program',
      (folder) => appendFileSync(join(folder, raw), '{"level":"info"}\n'),
    ],
    ['a torn last line', (folder) => appendFileSync(join(folder, raw), '{"kind":"chu')],
  ] as [string, (folder: string) => void][]) {
    test(`${what} is told by commands of all kinds`, async () => {
      const root = sessionsDirectory()
      const folder = writeSession(root, { id: IDS[0] })
      writeFileSync(join(folder, SESSION_FILES.events), '')
      spoil(folder)
      const listed = await tacho(['ls', '--sessions-dir', root])
      expect(listed.stdout.toString()).toContain('damaged')
      const commands: [string[], number][] = [
        [['show', 'last'], 3],
        [['show', 'last', '--json'], 3],
        [['approvals', 'last'], 3],
        [['cancellations', 'last'], 3],
        [['verify', 'last'], 1],
        [['export', 'har', 'last', '-o', '-'], 3],
        [['export', 'perfetto', 'last', '-o', '-'], 3],
        [['export', 'parquet', 'last', '-o', join(root, 'out')], 3],
        [['seal', 'last'], 3],
      ]
      for (const [words, code] of some(commands, 4)) {
        const { stdout, stderr, exitCode } = await tacho([...words, '--sessions-dir', root])
        expect([words[0], exitCode]).toEqual([words[0], code])
        if (words[0] !== 'verify') expect(stderr).toMatch(/damage|could not be read/)
        else expect(stdout.toString()).toContain('damaged')
      }
    })
  }

  test('a session in which nothing happened is not damaged', async () => {
    const root = sessionsDirectory()
    const exchanges = { completed: 0, cancelled: 0, failed: 0 }
    writeSession(root, { id: IDS[0], run: { exchanges }, raw: [], meta: [] })
    const listed = await tacho(['ls', '--json', '--sessions-dir', root])
    expect(JSON.parse(listed.stdout.toString())).toMatchObject([{ damage: [] }])
  })
})

const NOBODY = 65534

/** Runs the real `tacho` as a user with limited access. */
function asNobody(
  words: readonly string[],
  root: string,
): Pick<Finished, 'stderr' | 'exitCode'> & {
  stdout: string
} {
  const out = join(root, 'out')
  const command = [process.execPath, TACHO, ...words.map((word) => (word === 'OUT' ? out : word))]
  const isRoot = process.getuid?.() === 0
  const who = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
  const [program = '', ...args] = [...(isRoot ? who : []), ...command, '--sessions-dir', root]
  const env = { PATH: process.env.PATH, HOME: '/nonexistent' }
  const { stdout, stderr, status } = spawnSync(program, args, { env, encoding: 'utf8' })
  return { stdout, stderr, exitCode: status }
}
