import { expect, test } from 'vitest'
import { execCommand } from '../scripted-model/index.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

// Over a socket that lasts, Codex sends only what is new, and over the next socket everything
// again: so its own request says what the model had been given before the first broke.
test('what a model was given over a WebSocket is what codex sends again when that breaks', async () => {
  const breaks = { kind: 'end', after: 4, code: 1011 } as const
  await using place = await workplace(
    [
      { calls: [execCommand('echo one')] },
      { text: 'One it is.', calls: [execCommand('echo two')] },
      { text: 'Half of an answer, and then', fault: breaks },
      { text: 'Done.' },
    ],
    { isBuiltIn: true, server: { webSocket: true } },
  )
  const ended = await place.tacho(['codex', '--persist-session', ...EXEC, 'Count.'])
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
  const sent = place.model.messages.map(({ requestBody }) => requestBody.toString())
  for (const [index, number] of [2, 3, 4, 5, 7].entries()) {
    expect(await textOf(place, ['raw', 'last', String(number), '--request'])).toBe(sent[index])
  }

  const given = JSON.parse(await textOf(place, ['raw', 'last', '5', '--input']))
  const again = JSON.parse(sent.at(-1) ?? '')
  expect(given.input.length).toBeGreaterThan(5)
  expect(given.input.map(withoutPassthrough)).toEqual(again.input.map(withoutPassthrough))
  expect(await textOf(place, ['verify', 'last'])).toContain('clean')
})

async function textOf(place: Workplace, words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await place.tacho(words)
  expect([stderr.toString(), exitCode]).toEqual(['', 0])
  return stdout.toString()
}

// Codex notes the turn on items that it has sent or received; on received ones only when it sends
// them again.
function withoutPassthrough(item: Record<string, unknown>): unknown {
  const { internal_chat_message_metadata_passthrough: _, ...others } = item
  return others
}
