import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import { SCRIPTED_KEY } from '../../host/index.js'
import { execCommand } from '../../scripted-model/index.js'
import { SessionOnDisk } from '../session-on-disk.js'
import { parrotsPlace } from './place.js'

const WITH_A_TOOL = [
  { calls: [execCommand('ls')] },
  { text: 'Pieces of eight.', usage: { inputTokens: 40, outputTokens: 4 } },
]

test('a session of an agent that only its own folder knows is recorded and read back', async () => {
  await using place = await parrotsPlace(WITH_A_TOOL)
  const ended = await place.tacho('parrot', 'say', 'hello', 'par_one', '--persist-session')
  expect(ended.stderr.toString()).toBe('')
  expect(ended).toMatchObject({ exitCode: 3, signal: null })
  expect(ended.stdout.toString()).toBe('Pieces of eight.\n')

  const { session, exchanges, turns, runs } = await place.shown()
  expect(session).toMatchObject({
    id: 'par_one',
    agent: 'parrot',
    agentVersion: '2.7.1',
    ended: 'failed',
    exitCode: 3,
    cwd: place.home.cwd,
    folder: join(place.root, 'par_one'),
  })
  expect(exchanges).toMatchObject([
    { number: 1, state: 'completed', status: 200 },
    { number: 2, state: 'completed', status: 200 },
  ])
  expect(turns).toHaveLength(1)
  expect(runs).toMatchObject([{ command: 'say' }])
})

test('the bytes on disk are those that the model got and sent', async () => {
  await using place = await parrotsPlace(WITH_A_TOOL)
  await place.tacho('parrot', 'say', 'hello', 'par_one', '--persist-session')
  const folder = join(place.root, 'par_one')
  const index = indexRawLog(folder, () => undefined)
  const recorded = index.exchanges.map((exchange) => ({
    request: Buffer.concat([...requestPieces(folder, index, exchange)]),
    response: Buffer.concat([...responseChunks(folder, exchange)].map(({ bytes }) => bytes)),
  }))
  expect(recorded).toEqual(
    place.model.exchanges.map(({ requestBody, responseBody }) => ({
      request: requestBody,
      response: responseBody,
    })),
  )
  const disk = new SessionOnDisk(folder)
  expect(
    disk
      .names()
      .map((name) => disk.text(name))
      .join(),
  ).not.toContain(SCRIPTED_KEY)
})

test('its log events come to Tacho, by a variable of its own', async () => {
  await using place = await parrotsPlace([{ text: 'Aye.' }])
  await place.tacho('parrot', 'say', 'hello', 'par_one', '--persist-session')
  expect(new SessionOnDisk(join(place.root, 'par_one')).log).toMatch(/parrot: parrot\.started/)
})

test('a resume is a second run of the same session, and another id another session', async () => {
  await using place = await parrotsPlace([{ text: 'Aye.' }])
  for (const id of ['par_one', 'par_one', 'par_two'])
    await place.tacho('parrot', 'say', 'hello', id, '--persist-session')
  expect((await place.shown('par_one')).runs).toHaveLength(2)
  expect((await place.shown('par_two')).runs).toHaveLength(1)
  const { stdout } = await place.tacho('ls', '--ids')
  expect(stdout.toString().trim().split('\n').sort()).toEqual(['par_one', 'par_two'])
})

test('off, it prints and ends as it does alone, and nothing is left behind', async () => {
  await using place = await parrotsPlace([{ text: 'Aye.' }])
  const alone = await place.alone('say', 'hello', 'par_one')
  expect(await place.tacho('parrot', 'say', 'hello', 'par_one')).toEqual(alone)
  expect(readdirSync(place.home.root)).not.toContain('parrot')
})

test('a command that holds no conversation is run and not recorded', async () => {
  await using place = await parrotsPlace([])
  const ended = await place.tacho('parrot', 'moult', '--persist-session')
  expect(ended.stdout.toString()).toBe('parrot moult\n')
  expect(ended.stderr.toString()).toBe(
    'tacho: this command of Parrot holds no session: nothing is recorded.\n',
  )
})

test('help and the shim know it too', async () => {
  await using place = await parrotsPlace([])
  const said = async (...words: string[]) => (await place.tacho(...words)).stdout.toString()
  expect(await said('--help')).toMatch(/^ {2}parrot .*run Parrot unchanged/m)
  expect(await said('help', 'parrot')).toContain('--persist-session')
  expect(JSON.parse(await said('shim', 'status', 'parrot', '--json'))).toEqual({
    shims: [],
    parrot: join(place.bin, 'parrot'),
    isFirst: false,
  })
})
