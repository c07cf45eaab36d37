import { expect, test } from 'vitest'
import { EXEC, workplace } from './workplace.js'

test('an answer that Codex waits for too long is a cancellation by a time-out', async () => {
  await using place = await workplace([
    { text: 'one two three four', deltas: 4, fault: { kind: 'hang', after: 6 } },
    { text: 'At last.' },
  ])
  const patience = ['-c', 'model_providers.scripted.stream_idle_timeout_ms=700']
  await place.tacho(['codex', ...EXEC, ...patience, '--persist-session', 'Begin'])

  const { stdout } = await place.tacho(['cancellations', 'last', '--json'])
  const cancellations = JSON.parse(stdout.toString())
  expect(cancellations).toHaveLength(1)
  expect(cancellations[0]).toMatchObject({ origin: 'timeout', reason: 'no byte for 700 ms' })
  expect(cancellations[0].bytes).toBeGreaterThan(0)
})
