import {
  lastEntries,
  readSession,
  type TimelineEntry,
  threadTitle,
  timelineOf,
  turnTitle,
} from '@tacho/reader'
import { expect, test } from 'vitest'
import {
  endedSpan,
  FIRST,
  RUN_ID,
  sessionsDirectory,
  spansOfTwo,
  startedSpan,
  timeAt,
  twoExchanges,
  writeSession,
} from './session-folder.js'

const turn = '00000000000000bb'

test('what belongs to a turn stands below it, in the order of the beginnings; gaps stand alone', async () => {
  const entries = await timeline({
    meta: [
      ...spansOfTwo(),
      endedSpan({ id: 'c1', parent: turn, name: 'approval exec_command', start: 1310, end: 1390 }),
      startedSpan({ id: 'c2', parent: 'c1', name: 'something new', start: 1320 }),
      endedSpan({ id: 'c3', parent: turn, name: 'cancellation', start: 1350, end: 1360 }),
    ],
    raw: [
      ...twoExchanges(),
      {
        kind: 'gap',
        time: timeAt(1340),
        since: timeAt(1330),
        lost: { chunk: 2 },
        bytes: 9,
        reason: 'ENOSPC',
      },
    ],
  })
  expect(entries.map(wordsOf)).toEqual([
    '0 run 1',
    '0 turn 1',
    '1 exchange 1',
    '1 approval exec_command',
    '2 something new',
    '1 cancellation',
    '1 exchange 2',
    '0 gap ENOSPC',
  ])
})

test('the last entries come below the headings that they stand below, and say how many are before', async () => {
  const all = await timeline({ meta: spansOfTwo(), raw: twoExchanges() })
  expect(all.map(wordsOf)).toEqual(['0 run 1', '0 turn 1', '1 exchange 1', '1 exchange 2'])
  for (const [count, words, before] of [
    [0, ['0 run 1'], 3],
    [1, ['0 run 1', '0 turn 1', '1 exchange 2'], 1],
    [2, all.map(wordsOf), 0],
    [Number.POSITIVE_INFINITY, all.map(wordsOf), 0],
  ] as const) {
    const last = lastEntries(all, count)
    expect([last.entries.map(wordsOf), last.before]).toEqual([words, before])
  }
})

test('the span of an exchange and the HTTP request below it are not told twice', async () => {
  const meta = [...spansOfTwo(), endedSpan({ id: 'd1', parent: FIRST, name: 'POST', start: 101 })]
  const names = (await timeline({ meta })).map(wordsOf)
  expect(names).toEqual(['0 run 1', '0 turn 1', '1 exchange 1', '1 exchange 2'])
})

test('an exchange without a span stands below the turn that its request names', async () => {
  const meta = spansOfTwo().slice(0, 2)
  expect((await timeline({ meta })).map(wordsOf).at(-1)).toBe('1 exchange 2')
})

test('spans that are parents of each other end', async () => {
  const meta = [
    startedSpan({ id: 'e1', parent: 'e2', name: 'one', start: 1 }),
    startedSpan({ id: 'e2', parent: 'e1', name: 'other', start: 2 }),
    startedSpan({ id: 'e3', parent: 'e3', name: 'own parent', start: 3 }),
    startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
  ]
  const names = (await timeline({ meta, raw: [] })).map(wordsOf)
  expect(names).toEqual(['0 run 1', '1 one', '1 other', '0 own parent'])
})

async function timeline(parts: { meta?: object[]; raw?: object[] }): Promise<TimelineEntry[]> {
  return timelineOf(await readSession(writeSession(sessionsDirectory(), parts)))
}

function wordsOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'run':
      return `${entry.depth} run ${entry.number}`
    case 'turn':
      return `${entry.depth} ${turnTitle(entry.turn, entry.thread)}`
    case 'thread':
      return `${entry.depth} ${threadTitle(entry.thread)}`
    case 'exchange':
      return `${entry.depth} exchange ${entry.exchange.number}`
    case 'gap':
      return `${entry.depth} gap ${entry.gap.reason}`
    case 'tool':
    case 'approval':
    case 'cancellation':
    case 'span':
      return `${entry.depth} ${entry.span.name}`
    default:
      return entry satisfies never
  }
}
