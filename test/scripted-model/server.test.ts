import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  type Answer,
  execCommand,
  type Script,
  type ScriptedModel,
  startScriptedModel,
} from './index.js'

const HOUR_MS = 3_600_000

describe('what it says', () => {
  test('a text is streamed as a Responses stream, in as many deltas as the script says', async () => {
    await using model = await startScriptedModel([{ text: 'Größe: 🙂 ok', deltas: 4 }])
    const { status, headers, body } = await ask(model)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/event-stream')
    const events = eventsOf(body)
    expect(events.map((event) => event.type)).toEqual([
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      ...Array(4).fill('response.output_text.delta'),
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    const deltas = events.flatMap((event) => event.delta ?? [])
    expect(deltas.join('')).toBe('Größe: 🙂 ok')
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
  })

  test('a delta never ends in the middle of a character', async () => {
    await using model = await startScriptedModel([{ text: '🙂🙂🙂', deltas: 2 }])
    const deltas = eventsOf((await ask(model)).body).flatMap((event) => event.delta ?? [])
    expect(deltas).toEqual(['🙂🙂', '🙂'])
  })

  test('tool calls, reasoning and usage are in the answer', async () => {
    const calls = [execCommand('ls', { yield_time_ms: 5 }), { name: 'odd', arguments: 'no JSON' }]
    const usage = { inputTokens: 7, cachedInputTokens: 3, outputTokens: 5, reasoningTokens: 2 }
    await using model = await startScriptedModel([{ reasoning: 'Hm.', calls, usage }])
    const { response } = eventsOf((await ask(model)).body).at(-1) as { response: object }
    expect(response).toMatchObject({
      status: 'completed',
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
        {
          type: 'function_call',
          name: 'exec_command',
          arguments: '{"cmd":"ls","yield_time_ms":5}',
          call_id: 'call_1_0',
        },
        { type: 'function_call', name: 'odd', arguments: 'no JSON', call_id: 'call_1_1' },
      ],
      usage: {
        input_tokens: 7,
        input_tokens_details: { cached_tokens: 3 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 12,
      },
    })
  })

  test('an answer can fail inside its stream', async () => {
    const failed = { code: 'server_is_overloaded', message: 'Later.' }
    await using model = await startScriptedModel([{ text: 'So far', failed }])
    const last = eventsOf((await ask(model)).body).at(-1)
    expect(last).toMatchObject({ type: 'response.failed', response: { error: failed } })
  })

  test('without `stream` the answer is one JSON object', async () => {
    await using model = await startScriptedModel([{ text: 'Hi', calls: [execCommand('ls')] }])
    const responses = await ask(model, { body: { model: 'm' } })
    expect(responses.headers['content-type']).toBe('application/json')
    expect(JSON.parse(responses.body.toString())).toMatchObject({
      model: 'm',
      output: [{ content: [{ text: 'Hi' }] }, { name: 'exec_command' }],
    })
    const chat = await ask(model, { path: '/chat/completions', body: { model: 'm' } })
    expect(JSON.parse(chat.body.toString())).toMatchObject({
      choices: [
        {
          message: { content: 'Hi', tool_calls: [{ function: { name: 'exec_command' } }] },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { total_tokens: 110 },
    })
  })

  test('Chat Completions are streamed as chunks, the usage where it is asked for', async () => {
    await using model = await startScriptedModel([
      { text: 'abcd', deltas: 2, calls: [execCommand('ls')] },
    ])
    const { body } = await ask(model, {
      path: '/chat/completions',
      body: { stream: true, stream_options: { include_usage: true } },
    })
    expect(body.toString().endsWith('data: [DONE]\n\n')).toBe(true)
    const chunks = eventsOf(body)
    expect(chunks.map((chunk) => chunk.choices?.[0]?.delta?.content ?? '').join('|')).toBe(
      '|ab|cd|||',
    )
    expect(chunks[3]?.choices?.[0]?.delta?.tool_calls).toMatchObject([{ id: 'call_1_0', index: 0 }])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 100 } })
  })

  test('a text of many bytes arrives whole', async () => {
    const bytes = 8 * 1024 * 1024
    await using model = await startScriptedModel([{ textBytes: bytes }])
    const { body } = await ask(model)
    const deltas = eventsOf(body).flatMap((event) => event.delta ?? [])
    expect(deltas).toHaveLength(bytes / 4096)
    expect(deltas.join('')).toHaveLength(bytes)
    expect(body.equals(exchangeOf(model).responseBody)).toBe(true)
  })
})

describe('which answer it gives', () => {
  test('one for each model request, and the last again and again', async () => {
    await using model = await startScriptedModel([{ body: 'one' }, { body: 'two' }])
    const bodies = []
    for (let count = 0; count < 3; count += 1) bodies.push((await ask(model)).body.toString())
    expect(bodies).toEqual(['one', 'two', 'two'])
  })

  test('a function answers by the request', async () => {
    const byModel: Script = ({ number, api, body }) => ({
      body: `${number} ${api} ${String(body.model)}`,
    })
    for (const script of [byModel, [byModel]]) {
      await using model = await startScriptedModel(script)
      expect((await ask(model, { body: { model: 'm' } })).body.toString()).toBe('1 responses m')
    }
  })

  test('what a script throws is told by close()', async () => {
    const model = await startScriptedModel(() => {
      throw new Error('not what was expected')
    })
    await expect(ask(model)).rejects.toThrow()
    await expect(model.close()).rejects.toThrow('not what was expected')
  })

  test("Codex's question for a title gets a least answer and uses up nothing", async () => {
    await using model = await startScriptedModel([{ body: 'the script' }])
    const schema = {
      type: 'object',
      properties: { title: { type: 'string' }, kind: { enum: ['a', 'b'] }, extra: {} },
      required: ['title', 'kind'],
    }
    const asked = (source: string) => ({
      stream: true,
      text: { format: { type: 'json_schema', schema } },
      client_metadata: { 'x-codex-turn-metadata': JSON.stringify({ thread_source: source }) },
    })
    const side = await ask(model, { body: asked('thread_title') })
    const done = eventsOf(side.body).find((event) => event.type === 'response.output_text.done')
    expect(JSON.parse(String(done?.text))).toEqual({ title: 'scripted', kind: 'a' })
    expect(model.modelExchanges).toHaveLength(0)
    expect((await ask(model, { body: asked('user') })).body.toString()).toBe('the script')
    expect(model.exchanges.map((exchange) => exchange.number)).toEqual([undefined, 1])
  })

  for (const [method, path, status] of [
    ['GET', '/models', 200],
    ['GET', '/models?client_version=1', 200],
    ['GET', '/responses', 404],
    ['POST', '/responses/compact', 404],
    ['POST', '/modelsx', 404],
    ['PUT', '/responses', 404],
    ['POST', '/responses?x=1', 200],
  ] as const) {
    test(`${method} ${path} gets ${status} and JSON`, async () => {
      await using model = await startScriptedModel([{ text: 'Hi' }])
      const answer = await ask(model, { method, path, body: {} })
      expect(answer.status).toBe(status)
      expect(JSON.parse(answer.body.toString())).toBeTypeOf('object')
    })
  }

  for (const [options, status] of [
    [{}, 404],
    [{ upgradeStatus: 426 }, 426],
  ] as const) {
    test(`a WebSocket upgrade gets ${status} with ${JSON.stringify(options)}`, async () => {
      await using model = await startScriptedModel([{}], options)
      const headers = { connection: 'Upgrade', upgrade: 'websocket' }
      expect((await ask(model, { method: 'GET', headers })).status).toBe(status)
    })
  }

  test('a body that is not a JSON object gets 400 and uses up nothing', async () => {
    await using model = await startScriptedModel([{}])
    for (const body of ['{"torn":', '[]', '']) {
      expect((await ask(model, { rawBody: Buffer.from(body) })).status).toBe(400)
    }
    expect(model.modelExchanges).toHaveLength(0)
  })
})

describe('how it sends', () => {
  for (const [status, type] of [
    [401, 'authentication_error'],
    [429, 'rate_limit_error'],
    [500, 'server_error'],
  ] as const) {
    test(`status ${status} comes with the API's error object`, async () => {
      await using model = await startScriptedModel([{ status, headers: { 'Retry-After': '0' } }])
      const answer = await ask(model)
      expect(answer).toMatchObject({ status, headers: { 'retry-after': '0' } })
      expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { type } })
    })
  }

  test('headers are sent as the script says, also several of one name', async () => {
    const headers = { 'Set-Cookie': ['a=1', 'b=2'], 'x-request-id': 'req_1' }
    await using model = await startScriptedModel([{ text: 'Hi', headers }])
    const answer = await ask(model)
    expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-request-id': 'req_1' })
  })

  test('bytes that are not UTF-8 are sent as they are, in bodies and in events', async () => {
    const bytes = Uint8Array.of(0xff, 0xfe, 0x00, 0xc3)
    await using model = await startScriptedModel([{ body: bytes }, { events: ['data: ', bytes] }])
    expect([...(await ask(model)).body]).toEqual([...bytes])
    expect([...(await ask(model)).body]).toEqual([...Buffer.from('data: '), ...bytes])
  })

  test('a character of several bytes is split between two writes', async () => {
    await using model = await startScriptedModel([{ events: ['ab🙂cd'], cut: 'characters' }])
    const { chunks } = await ask(model)
    expect(chunks.map((chunk) => [...chunk])).toEqual([
      [...Buffer.from('ab'), 0xf0],
      [0x9f, 0x99, 0x82, ...Buffer.from('cd')],
    ])
  })

  test('events are written in pieces of so many bytes', async () => {
    await using model = await startScriptedModel([{ events: ['12345'], cut: 2 }])
    expect((await ask(model)).chunks.map(String)).toEqual(['12', '34', '5'])
  })

  test('gzip is a stream too: each event can be read when it is there', async () => {
    await using model = await startScriptedModel([{ text: 'façade', gzip: true, holdAfter: 4 }])
    const answer = ask(model)
    await model.responseSent(1, 4)
    const sofar = exchangeOf(model).responseBody
    expect(gunzipSync(sofar, { finishFlush: 2 }).toString()).toContain('"delta":"façade"')
    model.release()
    const { headers, body } = await answer
    expect(headers['content-encoding']).toBe('gzip')
    expect(body.equals(exchangeOf(model).responseBody)).toBe(true)
    expect(eventsOf(gunzipSync(body)).at(-1)?.type).toBe('response.completed')
  })

  for (const [name, delay, events] of [
    ['the head', { headDelay: HOUR_MS }, 0],
    ['the next event', { eventDelay: HOUR_MS }, 1],
  ] as const) {
    test(`a delay holds ${name} back while other requests are answered`, async () => {
      await using model = await startScriptedModel([
        { events: ['a', 'b'], ...delay },
        { body: 'x' },
      ])
      const abort = new AbortController()
      const outcome = outcomeOf(model, abort.signal)
      await (events === 0 ? model.requestArrived(1) : model.responseSent(1, events))
      await ask(model)
      abort.abort()
      expect(await model.clientGone(1)).toMatchObject({ eventsSent: events })
      await outcome
    })
  }
})

describe('what goes wrong', () => {
  const events = ['one,', 'two,', 'three']
  const cases: [
    name: string,
    answer: Answer,
    received: string | undefined,
    error: string | null,
  ][] = [
    ['a reset before the head', { fault: { kind: 'reset' } }, undefined, 'ECONNRESET'],
    ['a reset after the head', { fault: { kind: 'reset', after: 0 } }, '', 'ECONNRESET'],
    ['a reset after an event', { fault: { kind: 'reset', after: 1 } }, 'one,', 'ECONNRESET'],
    [
      'a reset in the middle of an event',
      { fault: { kind: 'reset', after: 1, insideEvent: true } },
      'one,tw',
      'ECONNRESET',
    ],
    [
      'a reset after the last event where it is due later',
      { fault: { kind: 'reset', after: 9 } },
      'one,two,three',
      'ECONNRESET',
    ],
    ['an end too early', { fault: { kind: 'end', after: 2 } }, 'one,two,', null],
    ['garbage', { fault: { kind: 'garbage' } }, undefined, 'HPE_INVALID_CONSTANT'],
  ]
  for (const [name, answer, received, error] of cases) {
    test(`${name} reaches the client as such, and the next request is answered`, async () => {
      await using model = await startScriptedModel([{ events, ...answer }, { body: 'next' }])
      const outcome = await outcomeOf(model)
      expect(outcome).toEqual({ received, error })
      expect(exchangeOf(model).responseBody.toString()).toBe(received ?? '')
      expect(exchangeOf(model).aborted).toBe(false)
      expect((await ask(model)).body.toString()).toBe('next')
    })
  }

  for (const [name, answer, received] of [
    ['no answer at all', { fault: { kind: 'hang' } }, undefined],
    ['a hang after an event', { fault: { kind: 'hang', after: 1 } }, 'one,'],
  ] as const) {
    test(`${name} lasts until the client goes`, async () => {
      await using model = await startScriptedModel([{ events, ...answer }])
      const abort = new AbortController()
      const outcome = outcomeOf(model, abort.signal)
      await model.requestArrived(1)
      if (received !== undefined) await model.responseSent(1, 1)
      abort.abort()
      const exchange = await model.clientGone(1)
      expect(exchange).toMatchObject({ aborted: true, isFinished: false })
      expect(exchange.responseBody.toString()).toBe(received ?? '')
      expect((await outcome).error).toBe('ABORT_ERR')
    })
  }
})

describe('what a test can wait for', () => {
  test('an answer is held at a known event, and released', async () => {
    await using model = await startScriptedModel([{ text: 'abcdef', deltas: 3, holdAfter: 5 }])
    const answer = ask(model)
    const exchange = await model.responseSent(1, 5)
    await ask(model, { method: 'GET', path: '/models' })
    expect(eventsOf(exchange.responseBody).map((event) => event.delta)).toEqual([
      ...Array(3).fill(undefined),
      'ab',
      'cd',
    ])
    expect(exchange.isFinished).toBe(false)
    model.release(1)
    await answer
    expect(await model.responseSent(1)).toMatchObject({ isFinished: true, aborted: false })
  })

  test('hold() stops everything before its head, release() lets all go', async () => {
    await using model = await startScriptedModel([{ body: 'x' }])
    model.hold()
    const answers = [ask(model), ask(model)]
    await Promise.all([model.requestArrived(1), model.requestArrived(2)])
    expect(model.exchanges.map((exchange) => exchange.status)).toEqual([undefined, undefined])
    model.release()
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual([200, 200])
  })

  test('a moment that never comes rejects when the model is closed', async () => {
    const model = await startScriptedModel([{}])
    const never = model.responseSent(2, 3)
    await model.close()
    await expect(never).rejects.toThrow('closed before this happened: 3 events of answer 2 sent')
  })
})

describe('what it keeps', () => {
  test('the request is kept to the byte, its headers in their order and case', async () => {
    await using model = await startScriptedModel([{ text: 'Hi' }])
    const rawBody = Buffer.from('{ "text" : "façade 🙂",\n "n":1.0 }')
    await ask(model, { rawBody, headers: { 'X-Odd-Case': 'a', 'x-odd-case2': 'b' } })
    const exchange = exchangeOf(model)
    expect(exchange).toMatchObject({ method: 'POST', url: '/v1/responses', status: 200 })
    expect(exchange.requestBody.equals(rawBody)).toBe(true)
    expect(exchange.rawHeaders.slice(0, 4)).toEqual(['X-Odd-Case', 'a', 'x-odd-case2', 'b'])
  })

  test('an upload that breaks off is kept as far as it came, and is no model request', async () => {
    await using model = await startScriptedModel([{}])
    const socket = connect(model.port, '127.0.0.1')
    const over = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.resume()
    socket.write('POST /v1/responses HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"half":')
    await new Promise<void>((resolve) => socket.end(resolve))
    await over
    expect(model.exchanges).toHaveLength(1)
    expect(model.exchanges[0]?.requestBody.toString()).toBe('{"half":')
    expect(model.modelExchanges).toHaveLength(0)
  })
})

type Asked = {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: object
  rawBody?: Buffer
}
type Answered = {
  status: number | undefined
  headers: NodeJS.Dict<string | string[]>
  body: Buffer
  chunks: Buffer[]
}

function ask(model: ScriptedModel, asked: Asked = {}): Promise<Answered> {
  const body = asked.rawBody ?? JSON.stringify(asked.body ?? { stream: true })
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${model.baseUrl}${asked.path ?? '/responses'}`,
      { method: asked.method ?? 'POST', headers: asked.headers ?? {} },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode: status, headers } = response
          resolve({ status, headers, body: Buffer.concat(chunks), chunks })
        })
      },
    )
    request.on('error', reject)
    request.end(asked.method === 'GET' ? undefined : body)
  })
}

/** What a client receives of an answer that may break; `received` is missing if no head came. */
function outcomeOf(
  model: ScriptedModel,
  signal?: AbortSignal,
): Promise<{ received: string | undefined; error: string | null }> {
  return new Promise((resolve) => {
    let received: string | undefined
    const failed = (error: NodeJS.ErrnoException) =>
      resolve({ received, error: error.code ?? error.message })
    const options = { method: 'POST', ...(signal && { signal }) }
    const request = httpRequest(`${model.baseUrl}/responses`, options, (response) => {
      received = ''
      response.on('data', (chunk: Buffer) => {
        received += chunk.toString()
      })
      response.on('error', failed)
      response.on('end', () => resolve({ received, error: null }))
    })
    request.on('error', failed)
    request.end('{"stream":true}')
  })
}

type StreamEvent = {
  type?: string
  delta?: string
  text?: string
  sequence_number?: number
  choices?: { delta?: { content?: string; tool_calls?: object[] } }[]
  response?: object
}

function eventsOf(body: Buffer): StreamEvent[] {
  return body
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as StreamEvent)
}

function exchangeOf(model: ScriptedModel) {
  const [exchange] = model.modelExchanges
  if (exchange === undefined) throw new Error('The model was not asked.')
  return exchange
}
