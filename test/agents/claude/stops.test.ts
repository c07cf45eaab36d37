import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually, type Running } from '../../host/index.js'
import { expectItsBodies } from './bodies.js'
import { BYPASS, claudePlace } from './place.js'

const PROMPT = [
  ...['-p', 'Go on', ...BYPASS, '--output-format', 'stream-json', '--verbose'],
  '--include-partial-messages',
]

const ENDLESS = [{ text: 'This has no end, '.repeat(40), deltas: 40, holdAfter: 20 }]

// `npm run soak` runs these.
describe.skipIf(!isSoak)('while the model answers', () => {
  test.each([
    ['SIGINT', 0],
    ['SIGTERM', 143],
  ] as const)(
    '%s ends Claude Code as it does alone, and what it stopped is recorded',
    async (signal, exitCode) => {
      await using alone = await claudePlace(ENDLESS)
      await using recorded = await claudePlace(ENDLESS)
      await using plain = alone.startAlone(PROMPT)
      await using running = recorded.startTacho(['claude', '--persist-session', ...PROMPT])
      const ends = await Promise.all([plain, running].map((one) => stopped(one, signal)))
      expect(ends[1]).toEqual(ends[0])
      expect(ends[0]?.exitCode).toBe(exitCode)

      const { exchanges } = await recorded.said<Record<string, object[]>>('show')
      expect(exchanges).toMatchObject([{ state: 'cancelled', outcome: 'cancelled' }])
      const cancellations = await recorded.said<object[]>('cancellations')
      expect(cancellations).toMatchObject([
        { origin: 'signal', reason: signal, stopped: [{ kind: 'exchange' }, { kind: 'turn' }] },
      ])
      expectItsBodies(recorded.session(), recorded)
    },
  )
})

/** How it ended and which messages it printed after a signal in the middle of an answer. */
async function stopped(running: Running, signal: NodeJS.Signals) {
  await eventually(() => expect(running.stdout.bytes.toString()).toContain('This has no end'))
  running.kill(signal)
  const { exitCode, signal: endedBy, stdout, stderr } = await running.ended
  const types = stdout
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { type: string; subtype?: string })
    .filter(({ type }) => type !== 'stream_event')
    .map(({ type, subtype }) => [type, subtype])
  return { exitCode, endedBy, types, complained: stderr.toString() }
}
