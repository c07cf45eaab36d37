import { perfettoJson, readSession } from '@tacho/reader'
import { expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  RUN_ID,
  SECOND,
  sessionsDirectory,
  startedSpan,
  timeAt,
  writeSession,
} from '../session-folder.js'
import { webSocketSession } from '../web-socket-session.js'

type Event = {
  ph: string
  tid: number
  name: string
  cat?: string
  ts: number
  dur: number
  args: Record<string, unknown>
}

async function traceOf(parts: Parameters<typeof writeSession>[1]): Promise<Event[]> {
  const session = await readSession(writeSession(sessionsDirectory(), parts))
  return JSON.parse([...perfettoJson(session)].join('')).traceEvents
}

function trackNames(events: Event[]): unknown[] {
  return events.filter(({ name }) => name === 'thread_name').map(({ args }) => args.name)
}

test('what was in flight lasts to the last sign of life, and is marked', async () => {
  const events = await traceOf({ isOpen: true })
  const second = events.find(({ args, ph }) => ph === 'X' && args.id === SECOND)
  expect(second).toMatchObject({ ts: 1_400_000, dur: 120_000, args: { open: 'died' } })
  expect(second?.name).toMatch(/\(in flight\)$/)
  const first = events.find(({ args, ph }) => ph === 'X' && args.id === FIRST)
  expect(first).toMatchObject({ ts: 100_000, dur: 1_200_000, cat: 'exchange,completed' })
  expect(first?.args).not.toHaveProperty('open')
})

test('chunks stand on the track of the stream, at the time of their arrival', async () => {
  const events = await traceOf({})
  const stream = events.find(({ cat, args }) => cat === 'stream' && args.exchange === FIRST)
  const chunks = events.filter(({ cat, args }) => cat === 'chunk' && args.exchange === FIRST)
  expect(chunks.map(({ ts }) => ts)).toEqual([220_000, 230_000])
  expect(chunks.map(({ tid }) => tid)).toEqual([stream?.tid, stream?.tid])
  expect(stream).toMatchObject({ ts: 220_000, dur: 1_080_000 })
})

test('exchanges at the same time have tracks of their own', async () => {
  const events = await traceOf({
    raw: [
      ...exchangeRecords({ id: FIRST, start: 100 }),
      ...exchangeRecords({ id: SECOND, start: 200 }),
    ],
    meta: [],
  })
  expect(trackNames(events)).toEqual(['runs', 'exchanges', 'exchanges (2)'])
})

test('an approval lasts as long as it waited; tools, cancellations and gaps have tracks', async () => {
  const events = await traceOf({
    raw: [{ kind: 'gap', time: timeAt(9), since: timeAt(7), lost: {}, bytes: 1, reason: 'full' }],
    meta: [
      startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
      endedSpan({
        id: 'a1',
        name: 'approval command',
        start: 10,
        end: 500,
        attributes: { 'tacho.approval.wait_ms': 300 },
      }),
      endedSpan({ id: 'a2', name: 'execute_tool shell', start: 20, end: 30 }),
      endedSpan({ id: 'a3', name: 'cancellation', start: 40, end: 50 }),
      endedSpan({
        id: 'a4',
        name: 'invoke_agent codex',
        start: 1,
        end: 60,
        attributes: { 'gen_ai.conversation.id': 't-1' },
      }),
    ],
  })
  expect(trackNames(events)).toEqual([
    'runs',
    'turns',
    'tools',
    'approvals',
    'cancellations',
    'gaps',
  ])
  expect(events.find(({ cat }) => cat === 'approval')).toMatchObject({ ts: 10_000, dur: 300_000 })
  expect(events.find(({ cat }) => cat === 'gap')).toMatchObject({ ts: 7_000, dur: 2_000 })
})

test('a WebSocket has a track of its own, above the exchanges that go over it', async () => {
  const events = await traceOf({ raw: webSocketSession(), meta: [] })
  expect(trackNames(events)).toEqual(['runs', 'connections', 'exchanges', 'streams'])
  const names = events.filter(({ cat }) => cat?.startsWith('exchange,')).map(({ name }) => name)
  const url = 'http://127.0.0.1:4000/v1/responses'
  expect(names).toEqual([`2 WS ${url}, prewarm`, `3 WS ${url}`, `4 WS ${url}`])
  expect(events.filter(({ cat }) => cat === 'connection,completed')).toHaveLength(1)
})
