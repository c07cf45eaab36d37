import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCRIPTED_KEY } from '../host/index.js'
import { execCommand } from '../scripted-model/index.js'
import { standIn } from './stand-in.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

const WARNING = /^tacho: --no-scrub: secrets are recorded, .* as they are; tacho scrub replaces/gm
const GITHUB_TOKEN = `ghp_${'a1B2c3D4e5'.repeat(3)}F6g7h8`

test('with --no-scrub Codex is recorded as it was, which stderr, manifest and show say, and tacho scrub mends it', async () => {
  await using place = await workplace([
    { text: 'Let me see.', calls: [execCommand(`echo "it is ${GITHUB_TOKEN}"; env | sort`)] },
    { text: `It is ${SCRIPTED_KEY}.`, deltas: 9 },
  ])
  const ended = await place.tacho([
    ...['codex', ...EXEC, '--persist-session', '--no-scrub', '--debug-log'],
    `I have ${GITHUB_TOKEN}`,
  ])
  expect(ended.exitCode).toBe(0)
  expect(ended.stderr.toString().match(WARNING)).toHaveLength(1)
  const session = place.session()
  expect(JSON.parse(session.text('session.json')).runs).toMatchObject([{ scrubbed: false }])
  const plain = everyByteOf(session.folder)
  for (const secret of [SCRIPTED_KEY, GITHUB_TOKEN]) expect(plain).toContain(secret)
  expect(plain).not.toContain('[secret:')
  expect((await tachoOn(place, 'show')).toString()).toMatch(
    /^ {2}secrets +recorded with --no-scrub, as they were sent; replace them: tacho scrub 0/m,
  )
  await tachoOn(place, 'verify')

  await tachoOn(place, 'scrub')
  const clean = everyByteOf(session.folder)
  for (const secret of [SCRIPTED_KEY, GITHUB_TOKEN]) expect(clean).not.toContain(secret)
  expect(clean).toMatch(/\[secret:github-[a-z-]+:/)
  await tachoOn(place, 'verify')
})

test('without --no-scrub neither stderr nor manifest nor show speaks of it', async () => {
  await using place = await workplace([{ text: 'Yes.' }], {
    codex: standIn(`ask('one')`),
  })
  const ended = await place.tacho(['codex', 'exec', '--persist-session'])
  expect(ended.stderr.toString()).toBe('')
  expect(place.session().text('session.json')).not.toContain('"scrubbed"')
  expect(await tachoOn(place, 'show')).not.toMatch(/^ {2}secrets/m)
})

test('tacho scrub finds keys that an answer gave out in halves, each in an event of its own', async () => {
  const known = [SCRIPTED_KEY.slice(0, 13), SCRIPTED_KEY.slice(13)]
  const shaped = [GITHUB_TOKEN.slice(0, 11), GITHUB_TOKEN.slice(11, 25), GITHUB_TOKEN.slice(25)]
  const deltas = ['The key is ', ...known, ', the token ', ...shaped, ', and that is all.']
  await using place = await workplace(
    [{ events: deltas.map(deltaEvent), fault: { kind: 'hang', after: deltas.length } }],
    {
      codex: standIn(GOES_IN_THE_MIDDLE),
    },
  )
  await place.tacho(['codex', 'exec', '--persist-session', '--no-scrub'])
  const halves = [...known, ...shaped]
  const before = await whatIsSaid(place)
  for (const half of halves) expect(before).toContain(half)

  expect(await tachoOn(place, 'scrub')).toMatch(/replaced secrets in session_oai_raw\.log/)
  const after = await whatIsSaid(place)
  for (const half of halves) expect(after).not.toContain(half)
  expect(after).toContain('The key is ')
  expect(after).toContain(', and that is all.')
  await tachoOn(place, 'verify')
})

/** A Codex that ends after reading all that has come of an unfinished answer. */
const GOES_IN_THE_MIDDLE = `
  const fetchAll = fetch
  globalThis.fetch = async (...request) => {
    let text = ''
    for await (const bytes of (await fetchAll(...request)).body) {
      text += Buffer.from(bytes)
      if (text.includes('that is all')) process.exit(0)
    }
  }
  ask('one')`

/** Everything that commands print of the answer, and the folder itself. */
async function whatIsSaid(place: Workplace): Promise<string> {
  const commands = ['messages', 'cancellations', 'raw', 'show', 'context']
  const said = await Promise.all(commands.map((command) => tachoOn(place, command)))
  return [...said, everyByteOf(place.session().folder)].join('\n')
}

const ARGUMENTS: Readonly<Record<string, string[]>> = { raw: ['last', '1', '--response'] }

async function tachoOn(place: Workplace, command: string): Promise<string> {
  const root = join(place.home.codexHome, 'sessions')
  const words = ARGUMENTS[command] ?? ['last']
  const ended = await place.tacho([command, ...words, '--sessions-dir', root])
  // The agent's own files are not ours to change, and scrub says so.
  const stderr = ended.stderr
    .toString()
    .replace(/^tacho: .*own transcript: it holds secrets.*\n/, '')
  expect([command, ended.exitCode, stderr]).toEqual([command, 0, ''])
  return ended.stdout.toString()
}

function everyByteOf(folder: string): string {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('rollout-'))
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')
}

function deltaEvent(delta: string): string {
  const data = { type: 'response.output_text.delta', item_id: 'm1', output_index: 0, delta }
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}
