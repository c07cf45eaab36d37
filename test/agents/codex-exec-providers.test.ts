import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCRIPTED_KEY } from '../host/index.js'
import { outcomeOf } from './alike.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

// Each way to tell Codex where its model is. Nobody listens on the port `NOWHERE`: if we lose a
// user's override, its request fails, and the test shows it.
const NOWHERE = 'http://127.0.0.1:9/v1'
const [, ...FLAGS] = EXEC

const CASES: [string, (place: Workplace) => string[]][] = [
  ['-c before the subcommand', ({ model }) => ['-c', baseUrl(model.baseUrl), ...EXEC, 'Hello']],
  ['-c after the prompt', ({ model }) => [...EXEC, 'Hello', '-c', baseUrl(model.baseUrl)]],
  ['--config=', ({ model }) => [...EXEC, `--config=${baseUrl(model.baseUrl)}`, 'Hello']],
  [
    'the last of two -c',
    ({ model }) => [...EXEC, '-c', baseUrl(NOWHERE), '-c', baseUrl(model.baseUrl), 'Hello'],
  ],
  ['a prompt behind --', ({ model }) => [...EXEC, '-c', baseUrl(model.baseUrl), '--', '--help me']],
  [
    'a profile',
    ({ home, model }) => {
      const provider = `[model_providers.second]\nname = "second"\nbase_url = "${model.baseUrl}"`
      const profile = `model_provider = "second"\n${provider}\nenv_key = "SCRIPTED_KEY"\n`
      writeFileSync(join(home.codexHome, 'work.config.toml'), profile)
      return ['-p', 'work', ...EXEC, 'Hello']
    },
  ],
  [
    'a base URL with a slash at its end, and query parameters',
    ({ model }) => [
      ...EXEC,
      ...['-c', baseUrl(`${model.baseUrl}/`)],
      ...['-c', 'model_providers.scripted.query_params={"api-version"="2026-11-01"}'],
      ...['-c', 'model_providers.scripted.http_headers={"X-Team"="blue"}'],
      'Hello',
    ],
  ],
  [
    '--ephemeral',
    ({ model }) => ['exec', '--ephemeral', ...FLAGS, '-c', baseUrl(model.baseUrl), 'Hello'],
  ],
]

test.each(CASES)('%s: the model gets the same as from codex alone', async (_, argsFor) => {
  const script = [{ text: 'Hello to you.' }]
  await using one = await workplace(script, { baseUrl: NOWHERE })
  await using other = await workplace(script, { baseUrl: NOWHERE })
  const [alone, taped] = await Promise.all([
    one.alone(argsFor(one)),
    other.tacho(['codex', '--persist-session', ...argsFor(other)]),
  ])
  expect(alone.stdout.toString()).toBe('Hello to you.\n')
  expect(outcomeOf(taped, other)).toEqual(outcomeOf(alone, one))
  expect(other.model.exchanges.map(asked)).toEqual(one.model.exchanges.map(asked))
  expect(other.session().ends).toMatchObject([{ state: 'completed' }])
})

test('the built-in provider whose WebSocket is refused goes on over HTTP as it does alone', async () => {
  const script = [{ text: 'Hello to you.' }]
  const environment = { CODEX_API_KEY: SCRIPTED_KEY }
  await using one = await workplace(script, { environment })
  await using place = await workplace(script, { environment })
  const args = ({ model }: Workplace) => [
    ...EXEC,
    ...['-c', 'model_provider="openai"', '-c', `openai_base_url="${model.baseUrl}"`],
    'Hello',
  ]
  const alone = await one.alone(args(one))
  const ended = await place.tacho(['codex', '--persist-session', ...args(place)])
  expect(ended.stdout.toString()).toBe('Hello to you.\n')
  expect(outcomeOf(ended, place)).toEqual(outcomeOf(alone, one))
  expect(place.model.exchanges.map(asked)).toEqual(one.model.exchanges.map(asked))
  const session = place.session()
  expect(session.ends.map(({ state }) => state)).toEqual(['completed', 'completed'])
  // What the configuration silences must stay silent: Codex would talk to OpenAI, bypassing us.
  expect(session.log).toContain('log events are not recorded')
  expect(session.spans.map(({ name }) => name)).toContain('chat gpt-5.5')
  expect(
    session.raw.flatMap((record) => (record.kind === 'response' ? record.status : [])),
  ).toEqual([426, 200])
})

test('an ephemeral session has no rollout, and is a session all the same', async () => {
  await using place = await workplace([{ text: 'Hello.' }])
  await place.tacho(['codex', 'exec', '--ephemeral', ...FLAGS, '--persist-session', 'Hello'])
  const session = place.session()
  expect(session.names()).toEqual([
    'session.json',
    'session.log',
    'session_events.log',
    'session_meta.log',
    'session_oai_raw.log',
  ])
  expect(session.id).toBe(session.exchanges[0]?.threadId)
})

function baseUrl(url: string): string {
  return `model_providers.scripted.base_url="${url}"`
}

/** A request without what differs between runs. */
function asked({ method, url, rawHeaders }: Workplace['model']['exchanges'][number]): unknown {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  const at = rawHeaders.findIndex((name) => /^x-team$/i.test(name))
  const team = at < 0 ? undefined : rawHeaders[at + 1]
  return { method, url, names: names.filter((name) => name !== 'connection').sort(), team }
}
