import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decompress } from 'fzstd'
import { describe, expect, onTestFinished, test } from 'vitest'
import { some } from '../faults/extent.js'
import { type Ended, run, tachoCommand } from '../host/index.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { outcomeOf, requestAlike } from './alike.js'
import { chatGptHost, logInToChatGpt } from './chat-gpt-login.js'
import { attribute } from './session-on-disk.js'
import { EXEC, type Workplace, type WorkplaceOptions, workplace } from './workplace.js'

const OVER_SOCKETS: WorkplaceOptions = { isBuiltIn: true, server: { webSocket: true } }
const RECORDED = ['codex', '--persist-session', ...EXEC]
const USAGE = { inputTokens: 70, cachedInputTokens: 30, outputTokens: 5, reasoningTokens: 2 }

describe('codex exec over its WebSocket is the same as alone where', () => {
  const rows: [what: string, script: Script, exitCode: number, options?: WorkplaceOptions][] = [
    ['the model calls a tool', [{ calls: [execCommand('echo one')] }, { text: 'Done.' }], 0],
    [
      'messages are deflated',
      [{ calls: [execCommand('echo one')] }, { text: 'Done.' }],
      0,
      { isBuiltIn: true, server: { webSocket: 'deflated' } },
    ],
    ['an event comes in fragments', [{ text: 'Done: 🙂.', cut: 50 }], 0],
    ['the API says 429', [{ status: 429 }, { text: 'Done.' }], 1],
    ['the API says 500', [{ status: 500 }, { text: 'Done.' }], 0],
    [
      'the answer fails in its stream',
      [{ text: 'So far', failed: { code: 'invalid_prompt', message: 'No.' } }],
      1,
    ],
    [
      'the socket is reset in mid-answer',
      [{ text: 'Half of it', deltas: 4, fault: { kind: 'reset', after: 5 } }, { text: 'Done.' }],
      0,
    ],
    [
      'the socket is closed in mid-answer',
      [
        { text: 'Half', deltas: 4, fault: { kind: 'end', after: 5, code: 1011 } },
        { text: 'Done.' },
      ],
      0,
    ],
  ]
  test.each(some(rows, 5))('%s', async (_, script, exitCode, options = OVER_SOCKETS) => {
    await using one = await workplace(script, options)
    await using place = await workplace(script, options)
    const [alone, recorded] = await Promise.all([
      one.alone([...EXEC, 'Say one.']),
      place.tacho([...RECORDED, 'Say one.']),
    ])
    expect(alone.exitCode).toBe(exitCode)
    expect(outcomeOf(recorded, place)).toEqual(outcomeOf(alone, one))
    expect(askedOf(place)).toEqual(askedOf(one))
    expect(place.model.upgrades.map(({ socketEnd }) => socketEnd)).toEqual(
      one.model.upgrades.map(({ socketEnd }) => socketEnd),
    )
    await expectAllOf(place)
    expect(await textOf(place, ['verify', 'last'])).toContain('clean')
  })
})

test('usage, finish reasons and prewarms are in the spans', async () => {
  await using place = await workplace(
    [
      { calls: [execCommand('echo one')], usage: USAGE },
      { text: 'Done.', usage: USAGE },
    ],
    OVER_SOCKETS,
  )
  await place.tacho([...RECORDED, 'Say one.'])
  const session = place.session()
  const [connection] = session.exchanges
  const names = [
    'tacho.exchange.prewarm',
    'tacho.connection.id',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.response.id',
  ]
  const chats = session.spans.filter(({ name }) => name === 'chat gpt-5.5')
  expect(chats.map((span) => names.map((name) => attribute(span, name)))).toEqual([
    [true, connection?.exchange, 0, 0, 0, 0, 'resp_warm_1'],
    [undefined, connection?.exchange, 70, 30, 5, 2, 'resp_1'],
    [undefined, connection?.exchange, 70, 30, 5, 2, 'resp_2'],
  ])
  expect(chats.map((span) => attribute(span, 'gen_ai.response.finish_reasons'))).toEqual(
    Array(3).fill({ values: [{ stringValue: 'completed' }] }),
  )
})

test('an error that the API tells over the socket is told as such', async () => {
  await using place = await workplace([{ status: 429 }], OVER_SOCKETS)
  await place.tacho([...RECORDED, 'Say one.'])
  const session = place.session()
  const failed = session.spans.filter((span) => attribute(span, 'error.type') !== undefined)
  expect(failed.map((span) => [span.name, attribute(span, 'error.type')])).toContainEqual([
    'chat gpt-5.5',
    'rate_limit_exceeded',
  ])
  const { exchanges } = JSON.parse(await textOf(place, ['show', 'last', '--json']))
  expect(exchanges).toContainEqual(
    expect.objectContaining({
      transport: 'websocket',
      status: 429,
      state: 'completed',
      outcome: 'failed',
      error: expect.objectContaining({ type: 'rate_limit_exceeded' }),
    }),
  )
  expect(await textOf(place, ['show', 'last'])).toMatch(/WS .* 429 .* failed: rate_limit_exceeded/)
})

test('a socket that breaks is followed by another one, which is given all of it again', async () => {
  await using place = await workplace(
    [{ text: 'Half of it', deltas: 4, fault: { kind: 'reset', after: 5 } }, { text: 'Done.' }],
    OVER_SOCKETS,
  )
  await place.tacho([...RECORDED, 'Say one.'])
  const { exchanges } = JSON.parse(await textOf(place, ['show', 'last', '--json']))
  expect(exchanges).toMatchObject([
    { isConnection: true, webSocket: { closedBy: 'upstream' } },
    { connection: 1, isPrewarm: true, state: 'completed' },
    { connection: 1, state: 'failed' },
    { isConnection: true, webSocket: { closedBy: 'agent' } },
    { connection: 4, state: 'completed' },
  ])
})

test('Ctrl-C while the answer streams is a cancellation, with what had come', async () => {
  await using place = await workplace(
    [{ text: 'one two three four', deltas: 4, holdAfter: 5 }],
    OVER_SOCKETS,
  )
  await using tacho = place.startTacho([...RECORDED, 'Count.'], { stdin: '' })
  await place.model.responseSent(1, 5)
  await expect.poll(() => JSON.stringify(place.session().raw)).toContain('output_text.delta')
  tacho.kill('SIGINT')
  await tacho.ended
  expect(await place.model.clientGone(1)).toMatchObject({ aborted: true, eventsSent: 5 })
  const [cancellation] = JSON.parse(await textOf(place, ['cancellations', 'last', '--json']))
  expect(cancellation).toMatchObject({
    origin: 'signal',
    stopped: [{ kind: 'exchange', number: 3 }, { kind: 'turn' }],
  })
  expect(cancellation.text).toMatch(/^one/)
  expect(await textOf(place, ['show', 'last'])).toMatch(/WS \/v1\/responses .* cancelled\n/)
  expect(await textOf(place, ['verify', 'last'])).toContain('clean')
})

describe('with a ChatGPT login', () => {
  for (const webSocket of [true, false]) {
    test(`codex reaches ChatGPT's host by ${webSocket ? 'WebSocket' : 'HTTP'}, and is recorded`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tacho-authority-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const { server, caPath } = chatGptHost(join(folder, 'ca'))
      const outcomes = []
      for (const way of ['alone', 'recorded'] as const) {
        await using place = await workplace([{ text: 'Hello to you.' }], {
          isBuiltIn: 'login',
          server: { ...server, webSocket },
          environment: { CODEX_CA_CERTIFICATE: caPath },
        })
        const ended = await runThere(place, logInToChatGpt(place), way)
        expect(ended.stdout.toString()).toBe('Hello to you.\n')
        const { stderr, ...outcome } = outcomeOf(ended, place)
        // Codex opens its socket while it prints its start: either line can be first.
        outcomes.push({ ...outcome, stderr: stderr.split('\n').sort(), asked: askedOf(place) })
        const turn = place.model.modelExchanges[0]
        expect(turn?.url).toBe('/backend-api/codex/responses')
        expect(namesOf(turn?.connection ?? turn)).toContain('chatgpt-account-id')
        if (way === 'recorded') {
          await expectAllOf(place)
          expect(place.session().exchanges.map(({ url }) => url)).toContain(
            'https://chatgpt.com/backend-api/codex/responses',
          )
          if (!webSocket) await expectDecoded(place, turn?.requestBody ?? Buffer.of())
          expect(place.session().spans.map(({ name }) => name)).toContain('chat gpt-5.5')
        }
      }
      expect(outcomes[1]).toEqual(outcomes[0])
    })
  }
})

function runThere(
  { environment, home }: Workplace,
  [start, ...before]: readonly string[],
  way: 'alone' | 'recorded',
): Promise<Ended> {
  const words =
    way === 'alone' ? [environment.TACHO_CODEX ?? '', ...EXEC] : [...tachoCommand, ...RECORDED]
  return run(start ?? '', [...before, ...words, 'Hello'], {
    env: environment,
    cwd: home.cwd,
  })
}

/** What the model was asked, without what differs between runs. */
function askedOf(place: Workplace): unknown[] {
  return place.model.exchanges
    .filter(({ url }) => url.endsWith('/responses'))
    .map((exchange) => ({
      method: exchange.method,
      url: exchange.url,
      status: exchange.status,
      names: namesOf(exchange),
      isPrewarm: exchange.isPrewarm,
      text:
        exchange.transport === 'http' ? '' : requestAlike(exchange.requestBody.toString(), place),
    }))
}

function namesOf(exchange: Workplace['model']['exchanges'][number] | undefined): string[] {
  return (exchange?.rawHeaders ?? []).filter((_, index) => index % 2 === 0)
}

/** Each message of the agent is an exchange with its exact text, and so is what answered it. */
async function expectAllOf(place: Workplace): Promise<void> {
  const told = []
  for (const [index, { transport, prewarm }] of place.session().exchanges.entries()) {
    if (transport !== 'websocket') continue
    const raw = (what: string) => textOf(place, ['raw', 'last', String(index + 1), what])
    told.push({
      isPrewarm: prewarm === true,
      request: await raw('--request'),
      response: await raw('--response'),
    })
  }
  expect(told).toEqual(
    place.model.messages.map(({ isPrewarm, requestBody, responseBody }) => ({
      isPrewarm,
      request: requestBody.toString(),
      response: responseBody.toString(),
    })),
  )
}

/** A compressed request is kept decompressed. */
async function expectDecoded(place: Workplace, body: Buffer): Promise<void> {
  const number = 1 + place.session().exchanges.findIndex(({ method }) => method === 'POST')
  const text = await textOf(place, ['raw', 'last', String(number), '--request'])
  expect(text).toBe(Buffer.from(decompress(body)).toString())
}

async function textOf(place: Workplace, words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await place.tacho(words)
  expect([stderr.toString(), exitCode]).toEqual(['', 0])
  return stdout.toString()
}
