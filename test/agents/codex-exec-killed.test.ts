import { expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { startTachoToKill } from './tacho-to-kill.js'
import { EXEC, workplace } from './workplace.js'

test('kill -9 in the middle of a stream leaves the request and every chunk so far', async () => {
  await using place = await workplace([
    { text: 'First of all, this.' },
    { text: 'one two three four', deltas: 4, holdAfter: 6 },
  ])
  await place.tacho(['codex', ...EXEC, '--persist-session', 'Begin'])
  const resume = ['exec', 'resume', '--last', ...EXEC.slice(1), '--persist-session', 'Go on']
  const tacho = startTachoToKill(place, ['codex', ...resume])
  const held = await place.model.responseSent(2, 6)
  // The model may have answered before the session had its name, and before the disk had the
  // request.
  const { session, inFlight } = await eventually(async () => {
    const session = await place.session()
    const inFlight = session.exchanges[1]?.exchange
    const chunks = session.raw.filter(
      (record) => record.kind === 'chunk' && record.exchange === inFlight,
    )
    expect(JSON.stringify(chunks.at(-1))).toContain('hree ')
    expect(session.started.filter(({ name }) => name === 'chat gpt-5.5')).toHaveLength(2)
    return { session, inFlight }
  })
  await tacho.kill()

  const print = (what: string) => place.tacho(['raw', session.id, '2', what])
  const [request, response] = await Promise.all([print('--request'), print('--response')])
  expect(request.stdout.equals(held.requestBody)).toBe(true)
  expect(response.stdout.equals(held.responseBody)).toBe(true)
  expect(response.stdout.length).toBeGreaterThan(0)

  const { spans, started } = await place.session()
  const open = new Set(started.map(({ spanId }) => spanId))
  for (const { spanId } of spans) open.delete(spanId)
  const names = started.filter(({ spanId }) => open.has(spanId)).map(({ name }) => name)
  expect(names.sort()).toEqual(['chat gpt-5.5', 'invoke_agent codex', 'session'])

  const [json, show, ls] = await Promise.all([
    place.tacho(['show', 'last', '--json']),
    place.tacho(['show', 'last']),
    place.tacho(['ls']),
  ])
  const shown = JSON.parse(json.stdout.toString())
  expect(shown.session).toMatchObject({ id: session.id, ended: 'died' })
  expect(shown.exchanges).toMatchObject([
    { state: 'completed' },
    { number: 2, id: inFlight, state: 'in-flight' },
  ])
  expect(shown.damage).toEqual([])
  expect(show.stdout.toString()).toMatch(/in flight/)
  expect(ls.stdout.toString()).toMatch(/died/)
})
