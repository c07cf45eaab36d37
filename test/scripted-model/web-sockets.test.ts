import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Answer, type ScriptedModel, startScriptedModel } from './index.js'

const CREATE = { type: 'response.create', model: 'm', input: [] }
const EVENTS = ['{"type":"one"}', '{"type":"two"}', '{"type":"three"}']

test('a request over a WebSocket is answered by the script, an event a message', async () => {
  await using model = await startScriptedModel([{ text: 'ab', deltas: 2 }, { text: 'next' }], {
    webSocket: true,
  })
  const client = await connected(model)
  const answer = await client.ask(CREATE)
  expect(answer.map(({ type }) => type)).toEqual([
    'response.created',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  expect(answer.at(-1)).toMatchObject({ response: { id: 'resp_1', model: 'm' } })
  expect(JSON.stringify(await client.ask(CREATE))).toContain('"next"')
  expect(model.modelExchanges.map(({ number }) => number)).toEqual([1, 2])
})

test('a prewarm is answered with nothing, under an id of its own, and uses up nothing', async () => {
  await using model = await startScriptedModel([{ text: 'the script' }], { webSocket: true })
  const client = await connected(model)
  const ids = []
  for (let count = 0; count < 2; count += 1) {
    const warmed = await client.ask({ ...CREATE, generate: false })
    expect(warmed.map(({ type }) => type)).toEqual(['response.created', 'response.completed'])
    ids.push(warmed[0]?.response?.id)
  }
  expect(ids).toEqual(['resp_warm_1', 'resp_warm_2'])
  expect(JSON.stringify(await client.ask(CREATE))).toContain('the script')
  expect(model.messages.map(({ isPrewarm, number }) => [isPrewarm, number])).toEqual([
    [true, undefined],
    [true, undefined],
    [false, 1],
  ])
})

test('what came and what was sent is kept to the byte, with the upgrade and its end', async () => {
  await using model = await startScriptedModel([{ events: EVENTS }], { webSocket: true })
  const client = await connected(model, { 'X-Odd-Case': 'a' })
  const text = '{ "type":"response.create",\n "text" : "façade 🙂" }'
  client.socket.send(text)
  const exchange = await model.responseSent(1)
  expect(exchange.requestBody.toString()).toBe(text)
  expect(exchange.responseBody.toString()).toBe(EVENTS.map((event) => `${event}\n`).join(''))
  const [upgrade] = model.upgrades
  expect(exchange).toMatchObject({ transport: 'websocket', method: 'GET', url: '/v1/responses' })
  expect(exchange.connection).toBe(upgrade)
  const { rawHeaders = [] } = upgrade ?? {}
  expect(rawHeaders[rawHeaders.indexOf('X-Odd-Case') + 1]).toBe('a')
  expect(upgrade?.socketEnd).toBeUndefined()
  client.socket.terminate()
  await client.closed
  await expect.poll(() => upgrade?.socketEnd).toEqual({ closedBy: 'client', code: 1006 })
})

test('deflated messages are agreed on where the script has them', async () => {
  await using model = await startScriptedModel([{ text: 'Hi' }], { webSocket: 'deflated' })
  const client = await connected(model)
  expect(client.socket.extensions).toContain('permessage-deflate')
  expect((await client.ask(CREATE)).at(-1)).toMatchObject({ type: 'response.completed' })
})

test("an error's status comes as an event, with its headers", async () => {
  const headers = { 'retry-after': '1' }
  await using model = await startScriptedModel([{ status: 429, headers }], { webSocket: true })
  const client = await connected(model)
  expect(await client.ask(CREATE)).toMatchObject([
    { type: 'error', status: 429, error: { code: 'rate_limit_exceeded' }, headers },
  ])
  expect(await client.ask({ type: 'odd' })).toMatchObject([{ type: 'error', status: 400 }])
  client.socket.send('no JSON')
  expect(await client.next()).toMatchObject({ type: 'error', status: 400 })
  expect(model.modelExchanges).toHaveLength(1)
})

test('an event in pieces is one message in fragments', async () => {
  await using model = await startScriptedModel([{ text: '🙂 ok', cut: 'characters' }], {
    webSocket: true,
  })
  const answer = await (await connected(model)).ask(CREATE)
  expect(answer.flatMap(({ delta }) => delta ?? [])).toEqual(['🙂 ok'])
})

describe('what goes wrong', () => {
  const cases: [name: string, fault: Answer['fault'], count: number, code: number][] = [
    ['a reset before the first event', { kind: 'reset' }, 0, 1006],
    ['a reset after an event', { kind: 'reset', after: 1 }, 1, 1006],
    ['a reset inside an event', { kind: 'reset', after: 1, insideEvent: true }, 1, 1006],
    ['a reset after the last event', { kind: 'reset', after: 9 }, 3, 1006],
    ['a close', { kind: 'end', after: 2 }, 2, 1000],
    ['a close with a code', { kind: 'end', after: 2, code: 1011 }, 2, 1011],
    ['garbage', { kind: 'garbage' }, 0, 1006],
  ]
  test.each(cases)('%s ends the socket, and the next one is answered', async (_, ...rest) => {
    const [fault, count, code] = rest
    await using model = await startScriptedModel(
      [{ events: EVENTS, ...(fault && { fault }) }, { text: 'next' }],
      { webSocket: true },
    )
    const client = await connected(model)
    client.socket.send(JSON.stringify(CREATE))
    expect(await client.closed).toBe(code)
    expect(client.received).toEqual(EVENTS.slice(0, count).map((event) => JSON.parse(event)))
    expect(model.messages[0]).toMatchObject({ isBroken: true, eventsSent: count, aborted: false })
    await expect.poll(() => model.upgrades[0]?.socketEnd).toMatchObject({ closedBy: 'model' })
    expect(JSON.stringify(await (await connected(model)).ask(CREATE))).toContain('next')
  })

  test('a hang lasts until the client goes', async () => {
    const fault = { kind: 'hang', after: 1 } as const
    await using model = await startScriptedModel([{ events: EVENTS, fault }], { webSocket: true })
    const client = await connected(model)
    client.socket.send(JSON.stringify(CREATE))
    await model.responseSent(1, 1)
    client.socket.terminate()
    expect(await model.clientGone(1)).toMatchObject({ aborted: true, isFinished: false })
  })
})

test('an answer is held at a known event, and released', async () => {
  await using model = await startScriptedModel([{ events: EVENTS, holdAfter: 2 }], {
    webSocket: true,
  })
  const client = await connected(model)
  client.socket.send(JSON.stringify(CREATE))
  expect(await model.responseSent(1, 2)).toMatchObject({ isFinished: false, eventsSent: 2 })
  model.release(1)
  expect(await model.responseSent(1)).toMatchObject({ isFinished: true, aborted: false })
})

test('an upgrade elsewhere gets 404, and HTTP is answered as ever', async () => {
  await using model = await startScriptedModel([{ body: 'over HTTP' }], { webSocket: true })
  await expect(connected(model, {}, '/other')).rejects.toThrow('404')
  expect(model.upgrades).toHaveLength(0)
  const answer = await fetch(`${model.baseUrl}/responses`, { method: 'POST', body: '{}' })
  expect(await answer.text()).toBe('over HTTP')
})

type Message = { type?: string; delta?: string; response?: { id?: string } }

/** A client on its own socket, which ends with the model. */
async function connected(model: ScriptedModel, headers = {}, path = '/responses') {
  const socket = new WebSocket(`${model.baseUrl.replace('http', 'ws')}${path}`, { headers })
  const received: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  let taken = 0
  socket.on('message', (data) => {
    received.push(JSON.parse(data.toString()) as Message)
    waiting.shift()?.(received.at(-1) as Message)
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  const next = async (): Promise<Message> => {
    const message = received[taken] ?? (await new Promise<Message>((r) => waiting.push(r)))
    taken += 1
    return message
  }
  const ask = async (request: object): Promise<Message[]> => {
    socket.send(JSON.stringify(request))
    const answer = [await next()]
    while (!/error|completed|failed/.test(answer.at(-1)?.type ?? '')) answer.push(await next())
    return answer
  }
  return { socket, received, closed, next, ask }
}
