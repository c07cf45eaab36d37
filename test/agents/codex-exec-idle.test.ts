import { expect, test } from 'vitest'
import { EXEC, workplace } from './workplace.js'

test('an answer that Codex waits for too long is a cancellation by a time-out', async () => {
  await using place = await workplace([
    { text: 'one two three four', deltas: 4, fault: { kind: 'hang', after: 6 } },
    { text: 'At last.' },
  ])
  const patience = ['-c', 'model_providers.scripted.stream_idle_timeout_ms=2000']
  await place.tacho(['codex', ...EXEC, ...patience, '--persist-session', 'Begin'])

  const { stdout } = await place.tacho(['cancellations', 'last', '--json'])
  const cancellations = JSON.parse(stdout.toString())
  expect(cancellations).toHaveLength(1)
  expect(cancellations[0]).toMatchObject({ origin: 'timeout', reason: 'no event for 2000 ms' })
  expect(cancellations[0].bytes).toBeGreaterThan(0)
})

test('comments that keep the connection alive do not keep Codex from giving up', async () => {
  const alive = Array<string>(40).fill(': alive\n\n')
  await using place = await workplace([{ events: alive, eventDelay: 100 }, { text: 'At last.' }])
  const patience = ['-c', 'model_providers.scripted.stream_idle_timeout_ms=2000']
  await place.tacho(['codex', ...EXEC, ...patience, '--persist-session', 'Begin'])

  const { stdout } = await place.tacho(['cancellations', 'last', '--json'])
  expect(JSON.parse(stdout.toString())).toMatchObject([
    { origin: 'timeout', reason: 'no event for 2000 ms', events: 0 },
  ])
})
