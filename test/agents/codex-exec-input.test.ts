import { expect, test } from 'vitest'
import { eventually, SCRIPTED_KEY } from '../host/index.js'
import { execCommand } from '../scripted-model/index.js'
import { startWebSocketModel } from './web-socket-model.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

// Codex sends what is new over a socket that holds, and all of it again over the next one: so it says
// itself what the model was given before the first broke.
test('what a model was given over a WebSocket is what codex sends again when that breaks', async () => {
  await using model = await startWebSocketModel([
    { calls: [execCommand('echo one')] },
    { text: 'One it is.', calls: [execCommand('echo two')] },
    { text: 'Half of an answer, and then', stops: 'breaks' },
    { text: 'Done.' },
  ])
  await using place = await workplace([], { environment: { CODEX_API_KEY: SCRIPTED_KEY } })
  const provider = ['-c', 'model_provider="openai"', '-c', `openai_base_url="${model.baseUrl}"`]
  const ended = await place.tacho(['codex', '--persist-session', ...EXEC, ...provider, 'Count.'])
  expect([ended.stdout.toString(), ended.exitCode]).toEqual(['Done.\n', 0])

  const { exchanges } = JSON.parse(await textOf(place, ['show', 'last', '--json']))
  expect(exchanges).toMatchObject([
    { status: 101, isConnection: true, webSocket: { closedBy: 'upstream', code: 1011 } },
    { connection: 1, isPrewarm: true, state: 'completed' },
    { connection: 1, isPrewarm: false, state: 'completed' },
    { connection: 1, state: 'completed' },
    { connection: 1, state: 'failed', status: null },
    { status: 101, isConnection: true, webSocket: { closedBy: 'agent', sent: 1 } },
    { connection: 6, state: 'completed' },
  ])
  for (const [index, number] of [2, 3, 4, 5, 7].entries()) {
    const sent = await textOf(place, ['raw', 'last', String(number), '--request'])
    expect(sent).toBe(model.requests[index])
  }

  const given = JSON.parse(await textOf(place, ['raw', 'last', '5', '--input']))
  const again = JSON.parse(model.requests.at(-1) ?? '')
  expect(given.input.length).toBeGreaterThan(5)
  expect(given.input.map(withoutPassthrough)).toEqual(again.input.map(withoutPassthrough))
  expect(await textOf(place, ['verify', 'last'])).toContain('clean')
})

test('what had arrived over a WebSocket when codex was interrupted is there', async () => {
  await using model = await startWebSocketModel([
    { text: 'one two three four', deltas: 4, stops: 'half' },
  ])
  await using place = await workplace([], { environment: { CODEX_API_KEY: SCRIPTED_KEY } })
  const provider = ['-c', 'model_provider="openai"', '-c', `openai_base_url="${model.baseUrl}"`]
  const args = ['codex', '--persist-session', ...EXEC, ...provider, 'Count.']
  await using tacho = place.startTacho(args, { stdin: '' })
  await eventually(() => expect(JSON.stringify(place.session().raw)).toContain('output_text.delta'))
  tacho.kill('SIGINT')
  await tacho.ended

  const [cancellation] = JSON.parse(await textOf(place, ['cancellations', 'last', '--json']))
  expect(cancellation).toMatchObject({
    origin: 'signal',
    stopped: [{ kind: 'exchange', number: 3 }, { kind: 'turn' }],
  })
  expect(cancellation.text).toMatch(/^one/)
  expect(await textOf(place, ['show', 'last'])).toMatch(/WS \/v1\/responses .* cancelled\n/)
  expect(await textOf(place, ['verify', 'last'])).toContain('clean')
})

async function textOf(place: Workplace, words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await place.tacho(words)
  expect([stderr.toString(), exitCode]).toEqual(['', 0])
  return stdout.toString()
}

// Codex notes the turn on what it has sent or was answered; on answers, only when it sends them again.
function withoutPassthrough(item: Record<string, unknown>): unknown {
  const { internal_chat_message_metadata_passthrough: _, ...others } = item
  return others
}
