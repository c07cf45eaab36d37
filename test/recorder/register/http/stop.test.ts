import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { stopOf } from '../../../../packages/recorder/src/register/http/stop.js'

const error = (message: string, members: object, errors?: Error[]) =>
  Object.assign(errors ? new AggregateError(errors, message) : new Error(message), members)

// As these clients make them (got 14, axios 1) and as the system does.
const OURS: readonly [of: string, error: unknown][] = [
  ["got's own timer", error('Timeout awaiting', { name: 'TimeoutError', code: 'ETIMEDOUT' })],
  ["axios' own timer", error('timeout of 80ms exceeded', { code: 'ECONNABORTED' })],
  ['one that calls it by its other name', error('timeout of 80ms exceeded', { code: 'ETIMEDOUT' })],
  ["undici's own timer", error('Headers Timeout', { code: 'UND_ERR_HEADERS_TIMEOUT' })],
  ['AbortSignal.timeout', new DOMException('It was aborted', 'TimeoutError')],
]

for (const [of, reason] of OURS)
  test(`a client's own patience is the agent's: ${of}`, () => {
    expect(stopOf(reason)).toMatchObject({ side: 'agent', code: 'TimeoutError' })
  })

const system = (code: string, syscall: string) =>
  error(`${syscall} ${code}`, { errno: -110, code, syscall })

const ITS: readonly [code: string, error: Error][] = [
  ['ETIMEDOUT', system('ETIMEDOUT', 'connect')],
  ['ETIMEDOUT', system('ETIMEDOUT', 'read')],
  ['ECONNABORTED', system('ECONNABORTED', 'write')],
  ['ETIMEDOUT', error('', { code: 'ETIMEDOUT' }, [system('ETIMEDOUT', 'connect')])],
  ['ECONNRESET', error('socket hang up', { code: 'ECONNRESET' })],
]

for (const [code, reason] of ITS)
  test(`what the network did is the upstream's: ${reason.message || 'at each address'}, ${code}`, () => {
    expect(stopOf(reason)).toMatchObject({ side: 'upstream', code })
  })

test("what the system really says is the upstream's", async () => {
  const reason = await new Promise((resolve) => connect(1, '127.0.0.1').on('error', resolve))
  expect(stopOf(reason)).toMatchObject({ side: 'upstream', code: 'ECONNREFUSED' })
})
