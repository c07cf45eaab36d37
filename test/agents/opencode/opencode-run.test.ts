import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import { SCRIPTED_KEY } from '../../host/index.js'
import { opencodePlace } from './place.js'

const WITH_A_TOOL = [
  { calls: [{ name: 'bash', arguments: { command: 'echo hi', description: 'Says hi' } }] },
  { text: 'Said.', deltas: 3, usage: { inputTokens: 40, outputTokens: 4 } },
]
const RUN = ['opencode', 'run', '--persist-session', 'Say hi']

test('a turn of `opencode run` with a tool is recorded, its title beside it', async () => {
  await using place = await opencodePlace(WITH_A_TOOL)
  const ended = await place.tacho(...RUN)
  expect(ended).toMatchObject({ exitCode: 0, signal: null })
  expect(ended.stdout.toString()).toContain('Said.')
  expect(ended.stderr.toString()).not.toContain('tacho:')

  const session = place.session()
  expect(session.id).toMatch(/^ses_/)
  const shown = await place.told('show', 'last')
  expect(shown.session).toMatchObject({ agent: 'opencode', agentVersion: '1.18.33', exitCode: 0 })
  expect(shown.turns).toHaveLength(1)
  expect(shown.tools).toMatchObject([{ name: 'bash', command: 'echo hi' }])
  const kinds = new Map(shown.threads.map(({ id, kind }: Thread) => [id, kind]))
  expect(kinds).toEqual(
    new Map([
      [`${session.id}/title`, 'title'],
      [session.id, 'user'],
    ]),
  )

  expect(shown.exchanges).toMatchObject(
    [1, 2, 3].map((number) => ({ number, model: 'gpt-x', status: 200, outcome: 'completed' })),
  )
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
  expect(new Set(recorded)).toEqual(new Set(served))
  const all = session.names().map((name) => session.text(name))
  expect(all.join()).not.toContain(SCRIPTED_KEY)
})

type Thread = { id: string; kind: string }
