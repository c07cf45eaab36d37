import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import { SCRIPTED_KEY } from '../../host/index.js'
import { geminiPlace } from './place.js'

const WITH_A_TOOL = [
  { calls: [{ name: 'read_file', arguments: { file_path: 'x.txt' } }] },
  { text: 'It says hello.', deltas: 3, usage: { inputTokens: 40, outputTokens: 4 } },
]
const PROMPT = ['-m', 'gemini-2.5-flash', '-p', 'Read x.txt']

test('a turn of `gemini -p` with a tool is recorded, and a resume goes on with its session', async () => {
  await using place = await geminiPlace([...WITH_A_TOOL, { text: 'Nothing more.' }])
  writeFileSync(join(place.cwd, 'x.txt'), 'hello\n')
  const ended = await place.tacho('gemini', '--persist-session', ...PROMPT)
  expect(ended).toMatchObject({ exitCode: 0, signal: null })
  expect(ended.stdout.toString()).toContain('It says hello.')
  expect(ended.stderr.toString()).not.toContain('tacho:')

  const session = place.session()
  const shown = await place.told('show', 'last')
  expect(shown.session).toMatchObject({ agent: 'gemini', agentVersion: '0.61.0', exitCode: 0 })
  expect(shown.turns).toHaveLength(1)
  expect(shown.tools).toMatchObject([{ name: 'read_file', outcome: 'completed' }])
  const main = shown.exchanges.filter(({ url }: { url: string }) => url.includes(':stream'))
  expect(main).toMatchObject([
    { status: 200, outcome: 'completed', threadId: session.id },
    { status: 200, outcome: 'completed', threadId: session.id },
  ])
  expect(await place.told('explain', 'last')).toMatchObject({ causes: [] })

  // The bytes on disk are those that the model received and sent, without its key.
  const index = indexRawLog(session.folder, () => undefined)
  const recorded = index.exchanges.map((exchange) => ({
    request: Buffer.concat([...requestPieces(session.folder, index, exchange)]).toString(),
    response: Buffer.concat(
      [...responseChunks(session.folder, exchange)].map(({ bytes }) => bytes),
    ).toString(),
  }))
  const served = place.model.exchanges.map(({ requestBody, responseBody }) => ({
    request: requestBody.toString(),
    response: responseBody.toString(),
  }))
  expect(recorded).toEqual(served)
  const all = session.names().map((name) => session.text(name))
  expect(all.join()).not.toContain(SCRIPTED_KEY)
  // Its own transcript is beside them.
  expect(session.names().filter((name) => name.endsWith('.jsonl'))).toHaveLength(1)

  await place.tacho('gemini', '--persist-session', '-r', 'latest', ...PROMPT)
  expect(place.session().manifest.runs).toHaveLength(2)
}, 240_000)

test('off, it prints and ends as it does alone, and leaves nothing of ours behind', async () => {
  await using place = await geminiPlace([{ text: 'Hello.' }])
  const alone = await place.alone(...PROMPT)
  const tree = filesOf(place.home)
  const ended = await place.tacho('gemini', ...PROMPT)
  expect({ ...ended, stderr: '' }).toEqual({ ...alone, stderr: '' })
  expect(filesOf(place.home)).toEqual(tree)
}, 240_000)

/** Its chats are named after the time, and it may leave a lock file behind. */
function filesOf(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\/session-.*\.jsonl$|\.tmp$|\.lock$/.test(name))
    .sort()
}
