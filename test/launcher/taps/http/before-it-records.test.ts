import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { SessionOnDisk } from '../../../agents/session-on-disk.js'
import { eventually } from '../../../host/index.js'
import { listen } from '../../../network/index.js'
import { tapBefore } from './tap-before.js'

type Asked = { request: IncomingMessage; response: ServerResponse }

test('a request goes to the upstream before the recording is open, and its answer waits for it', async () => {
  const asked: Asked[] = []
  await using upstream = await listen(
    createServer((request, response) => void asked.push({ request, response })),
  )
  await using before = await tapBefore(`http://127.0.0.1:${upstream.port}/v1`, { opensLate: true })
  const asking = request(`${before.baseUrl}/responses`, { method: 'POST', agent: false })
  let hasAnswer = false
  asking.on('response', () => {
    hasAnswer = true
  })
  asking.end('{"input":"a"}')
  await eventually(() => expect(asked).toHaveLength(1))
  expect((await asked[0]?.request.toArray())?.join('')).toBe('{"input":"a"}')
  expect(before.late.isWanted).toBe(true)
  const sentAt = Date.now()
  asked[0]?.response.end('answered')
  await once(asked[0]?.response as ServerResponse, 'close')
  await eventually(() => expect(Date.now()).toBeGreaterThan(sentAt + 20))
  expect(hasAnswer).toBe(false)

  const openedAt = Date.now()
  const atAnswer = new Promise<object[]>((resolve) =>
    asking.once('response', () =>
      resolve(new SessionOnDisk(before.recording.latest.folder).exchanges),
    ),
  )
  await before.open()
  const [got] = (await once(asking, 'response')) as [IncomingMessage]
  expect(await atAnswer).toMatchObject([{ method: 'POST' }])
  expect((await got.toArray()).join('')).toBe('answered')
  const session = await before.recorded()
  expect(session.ends).toMatchObject([{ state: 'completed' }])
  const { began, ended } = timesOf(session)
  expect(began).toBeLessThanOrEqual(sentAt + 1)
  expect(ended).toBeGreaterThanOrEqual(openedAt - 1)
})

test('a request without a body asks for no recording, and its answer does not wait', async () => {
  await using upstream = await listen(createServer((_, response) => response.end('models')))
  await using before = await tapBefore(`http://127.0.0.1:${upstream.port}/v1`, { opensLate: true })
  const asking = request(`${before.baseUrl}/models`, { agent: false })
  asking.end()
  const [got] = (await once(asking, 'response')) as [IncomingMessage]
  expect((await got.toArray()).join('')).toBe('models')
  expect(before.late.isWanted).toBe(false)
  const answeredAt = Date.now()
  await eventually(() => expect(Date.now()).toBeGreaterThan(answeredAt + 20))

  await before.open()
  const session = await before.recorded()
  expect(session.exchanges).toMatchObject([{ method: 'GET' }])
  expect(timesOf(session).ended).toBeLessThanOrEqual(answeredAt + 1)
})

test('an agent that hangs up before the recording is open has cancelled', async () => {
  const asked: Asked[] = []
  await using upstream = await listen(
    createServer((request, response) => void asked.push({ request, response })),
  )
  await using before = await tapBefore(`http://127.0.0.1:${upstream.port}/v1`, { opensLate: true })
  const asking = request(`${before.baseUrl}/responses`, { method: 'POST', agent: false })
  asking.on('error', () => {})
  asking.end('{}')
  await eventually(() => expect(asked).toHaveLength(1))
  asking.destroy()
  await once(asked[0]?.response as ServerResponse, 'close')
  await before.open()
  await before.recorded()
  const { ends } = new SessionOnDisk(before.recording.latest.folder)
  expect(ends).toMatchObject([{ state: 'cancelled' }])
})

test('what is reported before the recording is open keeps its time and its order', async () => {
  await using before = await tapBefore('http://127.0.0.1:9/v1', { opensLate: true })
  before.late.log('info', 'tacho', 'first')
  before.late.with((recording) => {
    recording.log('info', 'tacho', 'second')
    before.late.log('info', 'tacho', 'fourth')
  })
  before.late.with(() => {
    throw new Error('broken')
  })
  before.late.log('info', 'tacho', 'third')
  const reportedAt = Date.now()
  await eventually(() => expect(Date.now()).toBeGreaterThan(reportedAt + 20))
  await before.open()
  const lines = (await before.recorded()).log.split('\n').filter((line) => line.includes('tacho: '))
  expect(lines.map((line) => line.replace(/.*tacho: /, ''))).toEqual(
    expect.arrayContaining(['first', 'second', 'Error: broken', 'third', 'fourth']),
  )
  for (const line of lines.filter((line) => /first|second|third/.test(line)))
    expect(Date.parse(line.split(' ')[0] ?? '')).toBeLessThanOrEqual(reportedAt + 1)
})

/** When the first exchange began and ended, in milliseconds since the epoch. */
function timesOf({ exchanges, ends }: SessionOnDisk): { began: number; ended: number } {
  const began = Date.parse(exchanges[0]?.time ?? '')
  return { began, ended: began + (ends[0]?.at ?? Number.NaN) / 1000 }
}
