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
  // The model may have answered before the session had its name.
  const session = await eventually(() => place.session())
  const inFlight = await eventually(() => {
    const id = session.exchanges[1]?.exchange
    const last = session.raw.findLast((record) => record.kind === 'chunk' && record.exchange === id)
    expect(JSON.stringify(last)).toContain('hree ')
    return id
  })
  await tacho.kill()

  const print = (what: string) => place.tacho(['raw', session.id, '2', what])
  const [request, response] = await Promise.all([print('--request'), print('--response')])
  expect(request.stdout.equals(held.requestBody)).toBe(true)
  expect(response.stdout.equals(held.responseBody)).toBe(true)
  expect(response.stdout.length).toBeGreaterThan(0)

  const open = new Set(session.started.map(({ spanId }) => spanId))
  for (const { spanId } of session.spans) open.delete(spanId)
  const names = session.started.filter(({ spanId }) => open.has(spanId)).map(({ name }) => name)
  expect(names.sort()).toEqual(['POST', 'chat gpt-5.5', 'invoke_agent codex', 'session'])

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
