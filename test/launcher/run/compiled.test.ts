import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { standIn } from '../../agents/stand-in.js'
import { type Workplace, workplace } from '../../agents/workplace.js'

const AGENT = `ask('hello').then((answer) => process.exit(answer === '' ? 1 : 7))`

const KEPT = ['open-recording.cjs.v8', 'recorded-agents.cjs.v8', 'winston.cjs.v8']

async function place(): Promise<{ cache: string; of: Workplace }> {
  const of = await workplace(
    Array.from({ length: 4 }, () => ({ text: 'Hello.' })),
    { codex: standIn(AGENT) },
  )
  const cache = join(of.home.userHome, '.cache', 'tacho')
  // What earlier tests compiled.
  rmSync(cache, { recursive: true })
  return { of, cache }
}

/** Runs the agent, which resumes its session; the session then has this many exchanges. */
async function record({ session, tacho }: Workplace, exchanges: number): Promise<void> {
  const ended = await tacho(['codex', 'exec', '--persist-session', 'hello'])
  expect(ended).toMatchObject({ exitCode: 7 })
  expect(session().exchanges).toHaveLength(exchanges)
}

function stateOf(cache: string, names = KEPT): object {
  return names.map((name) => {
    const { ino, mode } = statSync(join(cache, name))
    return { ino, mode: mode & 0o777 }
  })
}

test('what V8 has compiled is kept for the user alone, and read by the next run', async () => {
  const { of, cache } = await place()
  await using _ = of
  await record(of, 1)
  expect(readdirSync(cache)).toEqual(expect.arrayContaining(KEPT))
  const kept = stateOf(cache)
  expect(kept).toMatchObject(KEPT.map(() => ({ mode: 0o600 })))
  await record(of, 2)
  expect(stateOf(cache)).toEqual(kept)
})

test('so is what the commands are made of that read a session', async () => {
  const { of, cache } = await place()
  await using _ = of
  await record(of, 1)
  const names = ['reading.cjs.v8', 'commander.cjs.v8']
  const shown = await of.tacho(['show'])
  expect(shown.exitCode).toBe(0)
  expect(String(shown.stdout)).toContain('completed')
  const kept = stateOf(cache, names)
  expect(kept).toMatchObject(names.map(() => ({ mode: 0o600 })))
  expect(await of.tacho(['show'])).toEqual(shown)
  expect(stateOf(cache, names)).toEqual(kept)
})

test('what is damaged, or was made of something else, is compiled and kept anew', async () => {
  const { of, cache } = await place()
  await using _ = of
  await record(of, 1)
  const [first = '', second = ''] = KEPT.map((name) => join(cache, name))
  const [whole, other] = [readFileSync(first), readFileSync(second)]
  const flipped = Buffer.from(whole)
  flipped[whole.length >> 1] = (flipped[whole.length >> 1] ?? 0) ^ 1
  writeFileSync(first, flipped)
  writeFileSync(second, whole)
  await record(of, 2)
  expect(readFileSync(first).subarray(0, 32)).toEqual(whole.subarray(0, 32))
  expect(readFileSync(first).equals(flipped)).toBe(false)
  expect(readFileSync(second).subarray(0, 32)).toEqual(other.subarray(0, 32))
})

test('nothing is read from or written to a folder in which others can write, and no link is followed', async () => {
  const { of, cache } = await place()
  await using _ = of
  mkdirSync(cache, { recursive: true })
  chmodSync(cache, 0o777)
  await record(of, 1)
  expect(readdirSync(cache).filter((name) => name.includes('.v8'))).toEqual([])
  chmodSync(cache, 0o700)
  const elsewhere = join(of.home.root, 'elsewhere')
  symlinkSync(elsewhere, join(cache, KEPT[0] ?? ''))
  await record(of, 2)
  expect(existsSync(elsewhere)).toBe(false)
})

test('a command that reads makes no folder for it, and no home', async () => {
  await using of = await workplace([])
  const home = join(of.home.root, 'no-home')
  const shown = await of.tacho(['show', '--help'], { env: { ...of.environment, HOME: home } })
  expect(shown.exitCode).toBe(0)
  expect(existsSync(home)).toBe(false)
})

test('a relative cache folder is ignored: it would be in the folder that the user is in', async () => {
  await using of = await workplace([])
  const cache = join(of.home.cwd, 'cache', 'tacho')
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  const env = { ...of.environment, XDG_CACHE_HOME: 'cache' }
  expect((await of.tacho(['show', '--help'], { env })).exitCode).toBe(0)
  expect(readdirSync(cache)).toEqual([])
})
