import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, SCRIPTED_KEY } from '../host/index.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { outcomeOf } from './alike.js'
import { attribute, type SessionOnDisk } from './session-on-disk.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

// One session of the real Codex for all tests of this file: a turn with two tool calls, then
// resumed with a second turn and a third.
const SCRIPT: Script = [
  { reasoning: 'A file first.', text: 'Writing.', calls: [execCommand('echo één | tee one.txt')] },
  { text: 'Één.', calls: [execCommand('cat one.txt; ls missing.txt 2>&1')], cut: 'characters' },
  { text: 'Done: façade, 😀, 完成. '.repeat(40), deltas: 30, cut: 7 },
  { text: 'As before.', calls: [execCommand('wc -c one.txt')] },
  { text: 'Six bytes.', usage: { inputTokens: 900, cachedInputTokens: 512, outputTokens: 4 } },
]
const TURN = [...EXEC, 'Write a file, then read it']
const RESUME = ['exec', 'resume', '--last', ...EXEC.slice(1), 'How long is it?']

let place: Workplace
let ended: Ended[]
let session: SessionOnDisk

beforeAll(async () => {
  place = await workplace(SCRIPT)
  ended = [
    await place.tacho(['codex', ...TURN, '--persist-session']),
    await place.tacho(['codex', ...RESUME], {
      env: { ...place.environment, TACHO_PERSIST_SESSION: '1' },
    }),
  ]
  session = place.session()
})

afterAll(() => place[Symbol.asyncDispose]())

test('Codex prints and ends as it does alone', async () => {
  await using other = await workplace(SCRIPT)
  const alone = [await other.alone(TURN), await other.alone(RESUME)]
  expect(alone.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  expect(alone.map(({ stdout }) => stdout.toString())[1]).toBe('Six bytes.\n')
  expect(ended.map((one) => outcomeOf(one, place))).toEqual(
    alone.map((one) => outcomeOf(one, other)),
  )
})

describe('tacho raw', () => {
  for (const number of [1, 2, 3, 4, 5]) {
    test(`prints the bytes that the model got and sent in exchange ${number}`, async () => {
      const wanted = place.model.modelExchanges[number - 1]
      const raw = (what: string) => place.tacho(['raw', session.id, String(number), what])
      const [request, response] = await Promise.all([raw('--request'), raw('--response')])
      expect(request.stdout.equals(wanted?.requestBody ?? Buffer.of())).toBe(true)
      expect(response.stdout.equals(wanted?.responseBody ?? Buffer.of())).toBe(true)
      expect([request.exitCode, response.exitCode]).toEqual([0, 0])
      expect([request.stderr.length, response.stderr.length]).toEqual([0, 0])
    })
  }

  test('knows no exchange beyond the last', async () => {
    const { exitCode, stderr } = await place.tacho(['raw', session.id, '6', '--request'])
    expect(exitCode).not.toBe(0)
    expect(stderr.toString()).toMatch(/6/)
  })
})

test('the model gets the headers that Codex sent, and the log has them all', () => {
  const { modelExchanges } = place.model
  for (const [index, { headers, url, method }] of session.exchanges.entries()) {
    const sent = pairs(modelExchanges[index]?.rawHeaders ?? [])
    const plain = ([name]: [string, string]) => !/^(authorization|connection)$/i.test(name)
    const recorded = headers.filter(plain)
    expect(sort(recorded)).toEqual(sort(sent.filter(plain)))
    expect(sent).toContainEqual(['authorization', `Bearer ${SCRIPTED_KEY}`])
    expect([method, url]).toEqual(['POST', `${place.model.baseUrl}/responses`])
  }
})

test('the exchange ids join raw log and spans into one trace, whose id is the session’s', () => {
  const { spans, exchanges, manifest } = session
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const trace = session.id.replaceAll('-', '')
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([trace]))
  expect(manifest).toMatchObject({ id: session.id, traceId: trace })

  expect(exchanges).toHaveLength(5)
  for (const exchange of exchanges) {
    const chat = byId.get(exchange.exchange)
    const turn = byId.get(chat?.parentSpanId ?? '')
    const run = byId.get(turn?.parentSpanId ?? '')
    const http = spans.filter(({ parentSpanId }) => parentSpanId === exchange.exchange)
    expect(chat).toMatchObject({ name: 'chat gpt-5.5', kind: 3 })
    expect(http).toMatchObject([{ name: 'POST', kind: 3 }])
    expect(turn).toMatchObject({ name: 'invoke_agent codex', kind: 1 })
    expect(run).toMatchObject({ name: 'session', kind: 1, spanId: exchange.run })
    expect(run).not.toHaveProperty('parentSpanId')
    expect(exchange).toMatchObject({ traceId: trace, threadId: session.id })
    for (const span of [chat, turn, ...http]) {
      expect(span && attribute(span, 'session.id')).toBe(session.id)
      expect(span && attribute(span, 'tacho.turn.id')).toBe(exchange.turnId)
    }
  }
  expect(spans.filter(({ name }) => name.startsWith('invoke_agent'))).toHaveLength(2)
  expect(spans.filter(({ name }) => name === 'session')).toHaveLength(2)
})

test('each span is written when it starts, but those of HTTP, and ends after it starts', () => {
  const startedIds = session.started.map(({ spanId }) => spanId).sort()
  const others = session.spans.filter((span) => attribute(span, 'url.full') === undefined)
  expect(startedIds).toEqual(others.map(({ spanId }) => spanId).sort())
  for (const span of session.spans) {
    expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano))
  }
})

test('a chat span says what the model was asked and what it answered, without the bodies', () => {
  const id = session.exchanges[4]?.exchange
  const chat = session.spans.find(({ spanId }) => spanId === id)
  const attributes = Object.fromEntries(
    (chat?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
  )
  const wanted = place.model.modelExchanges[4]
  expect(attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'scripted',
    'gen_ai.request.model': 'gpt-5.5',
    'gen_ai.response.id': 'resp_5',
    'gen_ai.usage.input_tokens': 900,
    'gen_ai.usage.cache_read.input_tokens': 512,
    'gen_ai.usage.output_tokens': 4,
    'http.response.status_code': 200,
    'tacho.exchange.id': id,
    'tacho.request.bytes': wanted?.requestBody.length,
    'tacho.response.bytes': wanted?.responseBody.length,
  })
  expect(attributes).toHaveProperty('gen_ai.response.time_to_first_chunk')
  expect(JSON.stringify(session.spans)).not.toContain('How long is it')
})

test('the folder has its six files, private all of them', () => {
  const [rollout, ...more] = session.rollouts
  expect(more).toEqual([])
  expect(session.names()).toEqual(
    [
      ...['session.json', 'session.log', 'session_events.log'],
      ...['session_meta.log', 'session_oai_raw.log', rollout],
    ].sort(),
  )
  expect(session.mode()).toBe('700')
  for (const name of session.names().filter((one) => one !== rollout)) {
    expect([name, session.mode(name)]).toEqual([name, '600'])
  }
})

test('the rollout is one file in two places: in the folder, and where Codex keeps it', () => {
  const [name = ''] = session.rollouts
  const sessions = join(place.home.codexHome, 'sessions')
  const kept = readdirSync(sessions, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^\d{4}\//.test(path) && path.endsWith('.jsonl'))
    .map((path) => join(sessions, path))
  expect(kept).toHaveLength(1)
  const [one, other] = [statSync(join(session.folder, name)), statSync(kept[0] ?? '')]
  expect([one.ino, one.dev]).toEqual([other.ino, other.dev])
  expect(session.text(name)).toContain('How long is it?')
})

test('the resume is a second run of the same session', () => {
  expect(session.manifest.runs).toMatchObject([
    { command: 'exec', ended: { exitCode: 0 }, exchanges: { completed: 3, failed: 0 } },
    { command: 'exec', ended: { exitCode: 0 }, exchanges: { completed: 2, failed: 0 } },
  ])
  const [first, second] = session.manifest.runs
  expect(first?.argv).toEqual(TURN)
  expect(second?.argv).toEqual(RESUME)
  expect(first?.agentVersion).toMatch(/^0\.\d+\.\d+$/)
  expect(session.exchanges.map(({ run }) => run)).toEqual(
    [first, first, first, second, second].map((run) => run?.id),
  )
})

test('session.log has what Codex said on standard error, line by line, with its label', () => {
  const said = ended.flatMap(({ stderr }) => stderr.toString().trimEnd().split('\n'))
  const logged = session.log.split('\n').flatMap((line) => / codex: (.*)$/.exec(line)?.[1] ?? [])
  expect(logged).toEqual(said.map((line) => line.trimEnd()))
  expect(session.log).toContain('codex ended: exit code 0')
})

test('tacho ls and tacho show say the same', async () => {
  const [ls, show] = await Promise.all([
    place.tacho(['ls', '--json']),
    place.tacho(['show', 'last', '--json']),
  ])
  expect(JSON.parse(ls.stdout.toString())).toMatchObject([{ id: session.id }])
  const shown = JSON.parse(show.stdout.toString())
  expect(shown.session).toMatchObject({ id: session.id, agent: 'codex', exitCode: 0 })
  expect(shown.exchanges).toMatchObject(
    place.model.modelExchanges.map((exchange, index) => ({
      number: index + 1,
      id: session.exchanges[index]?.exchange,
      state: 'completed',
      status: 200,
      requestBytes: exchange.requestBody.length,
      responseBytes: exchange.responseBody.length,
      model: 'gpt-5.5',
    })),
  )
  expect(shown.damage).toEqual([])
})

test('the key is nowhere in the folder', () => {
  for (const name of session.names()) expect(session.text(name)).not.toContain(SCRIPTED_KEY)
})

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) =>
    index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as [string, string]] : [],
  )
}

function sort(headers: [string, string][]): string[] {
  return headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort()
}
