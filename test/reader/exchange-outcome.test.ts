import type { EndRecord, PlainValue } from '@tacho/format'
import { readSession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { endedSpan, exchangeRecords, sessionsDirectory, writeSession } from './session-folder.js'

const ID = '1'.repeat(16)
const reset = { side: 'upstream', code: 'ECONNRESET', message: 'reset' } as const

type Row = {
  state?: EndRecord['state'] | 'in-flight'
  status?: number
  error?: typeof reset
  attributes?: Record<string, PlainValue>
  message?: string
}

async function came({ state = 'completed', status = 200, error, attributes, message }: Row) {
  const raw = exchangeRecords({ id: ID, state, status, ...(error && { error }) })
  const span = { id: ID, name: 'chat m', start: 0 }
  const meta = attributes ? [endedSpan({ ...span, attributes, ...(message && { message }) })] : []
  const folder = writeSession(sessionsDirectory(), { raw, meta })
  const [exchange] = (await readSession(folder)).exchanges
  return [exchange?.outcome, exchange?.error]
}

describe('an exchange', () => {
  test.each<[sentence: string, row: Row, outcome: string | undefined, error: object | undefined]>([
    [
      'has the outcome and the error that its span tells',
      {
        attributes: {
          'tacho.exchange.outcome': 'failed',
          'error.type': 'insufficient_quota',
          'tacho.error.code': 'insufficient_quota',
        },
        message: 'No more.',
      },
      'failed',
      { type: 'insufficient_quota', code: 'insufficient_quota', message: 'No more.' },
    ],
    [
      'whose answer was whole when its connection broke has both',
      { state: 'failed', error: reset, attributes: { 'tacho.exchange.outcome': 'completed' } },
      'completed',
      { ...reset, type: 'ECONNRESET' },
    ],
    ['in flight has neither', { state: 'in-flight' }, undefined, undefined],
    [
      'of a word from the future has none',
      { attributes: { 'tacho.exchange.outcome': 'x' } },
      undefined,
      undefined,
    ],
    ['that is no request to a model has none', {}, undefined, undefined],
    ['that was refused failed, whoever was asked', { status: 404 }, 'failed', { type: '404' }],
  ])('%s', async (_, row, outcome, error) => expect(await came(row)).toEqual([outcome, error]))
})

describe('an exchange that Tacho 0.1.0 recorded', () => {
  test.each<[sentence: string, row: Row, outcome: string | undefined, type: string | undefined]>([
    ['completed, by its finish reason', finished('stop'), 'completed', undefined],
    ['completed, by its status', finished('completed'), 'completed', undefined],
    ['is incomplete, by its finish reason', finished('max_output_tokens'), 'incomplete', undefined],
    ['failed, by the type of its error', { attributes: { 'error.type': 'c' } }, 'failed', 'c'],
    ['failed, by its HTTP status', { status: 429, attributes: {} }, 'failed', '429'],
    [
      'failed with its connection',
      { state: 'failed', error: reset, attributes: {} },
      'failed',
      'ECONNRESET',
    ],
    ['was cancelled', { state: 'cancelled', attributes: {} }, 'cancelled', undefined],
    ['is not known to have ended well or badly', { attributes: {} }, undefined, undefined],
  ])('%s', async (_, row, outcome, type) => {
    const [found, error] = await came(row)
    expect([found, (error as { type?: string } | undefined)?.type]).toEqual([outcome, type])
  })
})

function finished(reason: string): Row {
  return { attributes: { 'gen_ai.response.finish_reasons': [reason] } }
}
