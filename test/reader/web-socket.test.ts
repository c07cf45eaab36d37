import { join } from 'node:path'
import type { RawRecord } from '@tacho/format'
import {
  arrivedText,
  indexRawLog,
  readSession,
  requestBody,
  type SessionExchange,
  salvageSession,
  sealSession,
  summarize,
  verifySession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { endedSpan, RUN_ID, SESSION_ID, sessionsDirectory, writeSession } from './session-folder.js'
import {
  ASKED,
  answer,
  asked,
  CONNECTION,
  CONTINUED,
  message,
  PREWARM,
  SAID,
  upgrade,
  WEB_SOCKET_RUN,
  webSocketSession,
} from './web-socket-session.js'

test('each request is an exchange without a status, beside its connection', async () => {
  const [connection, prewarm, request] = await exchangesOf(webSocketSession())
  expect(connection).toMatchObject({
    id: CONNECTION,
    method: 'GET',
    status: 101,
    state: 'completed',
    isConnection: true,
    webSocket: { closedBy: 'agent', sent: 3, received: 7 },
  })
  expect(connection).not.toHaveProperty('transport')
  expect(prewarm).toMatchObject({
    id: PREWARM,
    transport: 'websocket',
    connection: CONNECTION,
    isPrewarm: true,
    isConnection: false,
    state: 'completed',
    firstChunkMs: 120,
    durationMs: 1200,
    chunks: 2,
  })
  expect(prewarm).not.toHaveProperty('status')
  expect(request).toMatchObject({ id: ASKED, isPrewarm: false, requestBytes: 181 })
})

test('a connection that is there still is one; a refused upgrade, and what a later Tacho knows, are none', async () => {
  const refused = upgrade({ id: '1'.repeat(16) }).begin.map((record) =>
    record.kind === 'response' ? { ...record, status: 426 } : record,
  )
  const other = asked({ id: '2'.repeat(16), message: {} }).map((record) =>
    record.kind === 'exchange' ? { ...record, transport: 'quic', connection: 'x' } : record,
  )
  const exchanges = await exchangesOf([...upgrade().begin, ...refused, ...other])
  expect(exchanges.map(({ isConnection }) => isConnection)).toEqual([true, false, false])
  expect(exchanges[0]).toMatchObject({ state: 'in-flight' })
  expect(exchanges[2]).not.toHaveProperty('transport')
})

test('what could not be followed is told once for each side', async () => {
  const [, exchange] = await exchangesOf([
    ...upgrade().begin,
    ...asked({ id: ASKED, message: {}, state: 'in-flight' }),
    unparsed('response', 'first'),
    unparsed('response', 'second'),
    unparsed('request', 'third'),
  ])
  expect(exchange?.unparsed).toEqual([
    { side: 'response', reason: 'first' },
    { side: 'request', reason: 'third' },
  ])
})

describe('values that no recorder writes are no records', () => {
  const { begin, end } = upgrade({ webSocket: { closedBy: 'agent', sent: 1, received: 1 } })
  const ends = { kind: 'end', ...end[0] }
  const cases: [name: string, record: object][] = [
    ['a message from nobody', message({ from: 'nobody' as 'agent' })],
    ['a message without a connection', { ...message(), connection: undefined }],
    ['a message at no time', message({ at: -1 })],
    ['a message of a broken content', message({ content: [{ base64: '???' }] })],
    ['a close code that is not a number', message({ code: '1000' as unknown as number })],
    ['an unparsed side that is none', unparsed('both' as 'request', 'x')],
    ['a prewarm that is a text', { ...begin[0], prewarm: 'yes' }],
    ['a connection that is a number', { ...begin[0], connection: 1 }],
    ['an end by nobody', { ...ends, webSocket: { closedBy: 'me', sent: 1, received: 1 } }],
    ['counts that are none', { ...ends, webSocket: { closedBy: 'agent', sent: '1', received: 1 } }],
    ['a WebSocket that is a text', { ...ends, webSocket: 'closed' }],
  ]
  test.each(cases)('%s', async (_, record) => {
    const { exchanges, damage } = await read([...begin, record])
    expect(damage).toMatchObject([{ reason: 'not a record of this log' }])
    expect(exchanges).toMatchObject([{ state: 'in-flight' }])
  })

  test('a message of an unknown type is whole: a later Tacho may know it', async () => {
    const { damage } = await read([...begin, message({ type: 'continuation' as 'text' })])
    expect(damage).toEqual([])
  })
})

describe('a session with a WebSocket', () => {
  test('is clean where its manifest counts connections apart, and is found where it does not', async () => {
    const folder = written(webSocketSession())
    expect((await verifySession(folder)).damage).toEqual([])
    const wrong = written(webSocketSession(), { completed: 4, cancelled: 0, failed: 0 })
    expect((await verifySession(wrong)).damage).toMatchObject([
      {
        reason: expect.stringContaining('3 completed, 0 cancelled, 0 failed exchanges (1 of them'),
      },
    ])
  })

  test('names no connection that the log does not have', async () => {
    const strays = [
      ...asked({ id: ASKED, connection: '9'.repeat(16), message: {}, events: [{}] }),
      message({ connection: '8'.repeat(16) }),
      ...asked({ id: PREWARM, connection: PREWARM, message: {}, events: [{}] }),
    ]
    const counts = { completed: 2, cancelled: 0, failed: 0 }
    expect((await verifySession(written(strays, counts))).damage).toMatchObject([
      { line: 1, reason: 'of a connection whose beginning is lost' },
      { line: 5, lines: 2, reason: 'of a connection whose beginning is lost' },
    ])
  })

  test('tells an answer that is not what arrived', async () => {
    const raw = webSocketSession().map((record) =>
      record.kind === 'chunk' && record.exchange === CONTINUED
        ? { ...record, content: '{}\n' }
        : record,
    )
    expect((await verifySession(written(raw))).damage).toMatchObject([
      { reason: expect.stringContaining('the response body of exchange 4 is not what arrived') },
    ])
  })

  test('reads the same when it is sealed, and is clean when it was salvaged', async () => {
    const folder = written(webSocketSession())
    const before = await readSession(folder)
    sealSession(folder)
    const sealed = await readSession(folder)
    expect(sealed.exchanges).toEqual(before.exchanges)
    const to = join(sessionsDirectory(), 'salvaged')
    salvageSession(folder, to)
    expect((await verifySession(to)).damage).toEqual([])
    const [run] = (await readSession(to)).manifest?.runs ?? []
    expect(run?.exchanges).toEqual(WEB_SOCKET_RUN.exchanges)
  })

  test('counts its connections and prewarms apart, from the manifest and from the log', () => {
    const counts = { completed: 3, cancelled: 0, failed: 0, connections: 1, prewarms: 1 }
    const ended = written(webSocketSession())
    expect(summaryOf(ended).exchanges).toEqual({ ...counts, inFlight: 0 })
    const root = sessionsDirectory()
    const raw = [...webSocketSession().slice(0, -2), ...upgrade({ id: '7'.repeat(16) }).begin]
    const died = writeSession(root, { raw, meta: [], isOpen: true })
    expect(summaryOf(died).exchanges).toEqual({
      ...counts,
      completed: 2,
      connections: 2,
      inFlight: 1,
    })
  })
})

test('the text of an answer that was cut is put together from its messages', () => {
  const delta = (text: string) => ({ type: 'response.output_text.delta', delta: text })
  const raw = [
    ...upgrade().begin,
    ...asked({ id: ASKED, message: {}, events: [delta('Three '), '{"type":', delta('files')] }),
  ]
  const folder = written(raw)
  const [, exchange] = indexRawLog(folder, () => undefined).exchanges
  expect(exchange && arrivedText(folder, exchange)).toBe('Three files')
})

test('a request whose record is lost is an error, though its method has no body elsewhere', () => {
  const sent = asked({ id: ASKED, message: {}, state: 'in-flight' })
  const folder = written(sent.filter(({ kind }) => kind !== 'request-body'))
  const index = indexRawLog(folder, () => undefined)
  const [exchange] = index.exchanges
  expect(() => exchange && requestBody(folder, index, exchange)).toThrow('there is no record of it')
})

test('an answer that its own events end is whole', async () => {
  const raw = asked({ id: ASKED, message: {}, events: answer('resp_1', [SAID]) })
  expect((await exchangesOf(raw))[0]).toMatchObject({ state: 'completed', chunks: 3 })
})

function unparsed(side: 'request' | 'response', reason: string): object {
  return { kind: 'unparsed', exchange: ASKED, at: 1, side, reason }
}

function written(raw: object[], exchanges = WEB_SOCKET_RUN.exchanges as object): string {
  const meta = [endedSpan({ id: RUN_ID, name: 'session', start: 0, end: 2500 })]
  const run = { exchanges: exchanges as typeof WEB_SOCKET_RUN.exchanges }
  return writeSession(sessionsDirectory(), { raw, meta, run })
}

function summaryOf(folder: string): ReturnType<typeof summarize> {
  return summarize({ id: SESSION_ID, folder, root: join(folder, '..') })
}

async function read(raw: object[]): ReturnType<typeof readSession> {
  return readSession(writeSession(sessionsDirectory(), { raw, meta: [] }))
}

async function exchangesOf(raw: (RawRecord | object)[]): Promise<SessionExchange[]> {
  return (await read(raw)).exchanges
}
