import { describe, expect, test } from 'vitest'
import { interrupt, turnCompleted } from '../model/codex-says.js'
import { PLACE, RecordedSession, requestHead } from '../reader/recorded-session.js'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  SESSION_ID,
  type SessionParts,
  sessionsDirectory,
  startedSpan,
  timeAt,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const TEXT = `${'word '.repeat(500)}end`
const raw = exchangeRecords({ id: FIRST, state: 'cancelled', chunks: [delta(TEXT)] })
const cut = endedSpan({
  id: 'c1',
  name: 'cancellation',
  start: 1000,
  end: 1100,
  attributes: {
    'tacho.cancellation.origin': 'user',
    'tacho.cancellation.reason': 'turn/interrupt',
    'tacho.cancellation.events': 1,
    'gen_ai.usage.output_tokens': 12,
  },
  links: [FIRST],
  events: [
    ['signalled', 1012],
    ['last_byte', 970],
    ['released', 1015],
  ],
})
const inFlight = startedSpan({
  id: 'c2',
  name: 'cancellation',
  start: 2000,
  attributes: { 'tacho.cancellation.origin': 'signal', 'tacho.cancellation.reason': 'SIGINT' },
})

describe('for people', () => {
  test('each cancellation has a line with its moments from the request on, and the totals stand below', async () => {
    const text = await cancellations({ isOpen: true, raw, meta: [cut, inFlight] })
    const lines = text.split('\n')
    expect(lines[0]).toMatch(
      /^requested +origin +reason +stopped +signalled +last byte +released +bytes +tokens +text$/,
    )
    expect(lines[1]).toMatch(
      /^2026-11-23 10:00:01 +user +turn\/interrupt +#1 +\+12ms +-30ms +\+15ms +2\.6 kB +12 {2}word word word [word ]*…$/,
    )
    expect(lines[2]).toMatch(
      /^2026-11-23 10:00:02 +signal +SIGINT +in flight when the session died$/,
    )
    expect(lines.slice(3)).toEqual([
      '',
      '2 cancellations: 1 user, 1 signal',
      'time to release: median 15ms, longest 15ms',
      '',
    ])
  })

  test('a session in which nothing was cancelled says so', async () => {
    const { stdout, stderr, exitCode } = await run({ meta: [] })
    expect([stdout.toString(), exitCode]).toEqual(['', 0])
    expect(stderr).toBe('tacho: nothing was cancelled in this session.\n')
  })
})

describe('--json', () => {
  test('is an array with the whole text, in which what is not known is null', async () => {
    const json = JSON.parse(
      await cancellations({ isOpen: true, raw, meta: [cut, inFlight] }, '--json'),
    )
    expect(json).toEqual([
      {
        origin: 'user',
        reason: 'turn/interrupt',
        stopped: [{ kind: 'exchange', number: 1, spanId: FIRST, name: null }],
        requestedAt: timeAt(1000),
        signalledAt: timeAt(1012),
        lastByteAt: timeAt(970),
        releasedAt: timeAt(1015),
        bytes: delta(TEXT).length,
        events: 1,
        outputTokens: 12,
        open: false,
        left: null,
        threadId: null,
        turnId: null,
        spanId: 'c1',
        text: TEXT,
      },
      {
        origin: 'signal',
        reason: 'SIGINT',
        stopped: [],
        requestedAt: timeAt(2000),
        signalledAt: null,
        lastByteAt: null,
        releasedAt: null,
        bytes: null,
        events: null,
        outputTokens: null,
        open: true,
        left: 'died',
        threadId: null,
        turnId: null,
        spanId: 'c2',
        text: null,
      },
    ])
  })

  test('is an empty array where nothing was cancelled', async () => {
    expect(await cancellations({ meta: [] }, '--json')).toBe('[]\n')
  })
})

test('a session that the real recorder wrote is printed with what it stopped and what had arrived', async () => {
  const recorded = new RecordedSession()
  recorded.at(1000)
  const exchange = recorded.recording.exchange(requestHead())
  exchange.requestBytes(Buffer.from('{"model":"gpt-5.1"}'))
  exchange.requestEnd()
  exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
  recorded.at(2000)
  exchange.responseBytes(Buffer.from(delta('Once upon a time')))
  recorded.sees(2500, interrupt(PLACE))
  recorded.at(2520)
  exchange.hungUp()
  exchange.end({ state: 'cancelled' })
  recorded.sees(2600, turnCompleted('interrupted', PLACE))
  await recorded.close(3000)
  const words = ['--sessions-dir', recorded.directory]
  const { stdout } = await tacho(['cancellations', 'last', ...words])
  expect(stdout.toString()).toMatch(
    /user +turn\/interrupt +#1 +\+20ms +-500ms +\+20ms +\d+ B +Once upon a time\n/,
  )
  const shown = await tacho(['show', 'last', ...words])
  expect(shown.stdout.toString()).toMatch(
    /cancelled by the user \(turn\/interrupt\): stopped #1 after \d+ B, released in 20ms\n/,
  )
  expect(shown.stdout.toString()).toMatch(/command +codex app-server\n/)
})

function delta(text: string): string {
  return `data: ${JSON.stringify({ type: 'response.output_text.delta', delta: text })}\n\n`
}

async function cancellations(parts: SessionParts, ...words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await run(parts, ...words)
  expect([stderr, exitCode]).toEqual(['', 0])
  return stdout.toString()
}

function run(parts: SessionParts, ...words: string[]) {
  const directory = sessionsDirectory()
  writeSession(directory, { raw: [], ...parts })
  return tacho(['cancellations', SESSION_ID, ...words, '--sessions-dir', directory])
}
