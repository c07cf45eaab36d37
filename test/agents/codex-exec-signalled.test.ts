import { expect, test } from 'vitest'
import { eventually, start, tachoCommand } from '../host/index.js'
import { EXEC, workplace } from './workplace.js'

test('a signal in the middle of a stream is what requested the cancellation', async () => {
  await using place = await workplace([{ text: 'one two three four', deltas: 4, holdAfter: 6 }])
  await using tacho = start(tachoCommand, ['codex', ...EXEC, '--persist-session', 'Begin'], {
    env: place.environment,
    cwd: place.home.cwd,
    stdin: '',
  })
  await place.model.responseSent(1, 6)
  // What the model has sent may still be on its way.
  await eventually(async () => {
    const { raw } = await place.session()
    expect(raw.some(({ kind }) => kind === 'chunk')).toBe(true)
  })
  tacho.kill('SIGINT')
  await place.model.clientGone(1)
  await tacho.ended

  const { stdout } = await place.tacho(['cancellations', 'last', '--json'])
  const [cancellation, ...others] = JSON.parse(stdout.toString())
  expect(others).toEqual([])
  expect(cancellation).toMatchObject({ origin: 'signal', reason: 'SIGINT' })
  expect(JSON.stringify(cancellation.stopped)).toContain('exchange')
  const moments = ['requestedAt', 'signalledAt', 'releasedAt'].map((name) => cancellation[name])
  expect(moments).toEqual([...moments].sort())
  expect(cancellation.bytes).toBeGreaterThan(0)
})
