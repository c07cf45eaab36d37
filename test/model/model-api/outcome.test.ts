import type { EndRecord } from '@tacho/format'
import { type AnswerFacts, type ModelOutcome, outcomeOf } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const reset = { side: 'upstream', code: 'ECONNRESET', message: 'reset' } as const
const TRUNCATED = { type: 'truncated', message: 'the answer ended before its last event' }

type Row = {
  state?: EndRecord['state']
  broke?: typeof reset
  status?: number | undefined
  facts?: AnswerFacts
  isReadable?: boolean
}

function outcome({ state = 'completed', broke, facts = {}, isReadable = true, ...row }: Row) {
  const status = 'status' in row ? row.status : 200
  return outcomeOf({ end: { state, ...(broke && { error: broke }) }, status, facts, isReadable })
}

describe('an exchange whose', () => {
  test.each<[sentence: string, row: Row, came: ModelOutcome]>([
    [
      'answer came to its end completed',
      { facts: { ended: 'completed' } },
      { outcome: 'completed' },
    ],
    [
      'answer was complete when its connection broke completed',
      { state: 'failed', broke: reset, facts: { ended: 'completed' } },
      { outcome: 'completed' },
    ],
    [
      'answer the API ended early is incomplete, for its reason',
      { facts: { ended: 'incomplete', finishReasons: ['max_tokens'] } },
      { outcome: 'incomplete', error: { type: 'max_tokens' } },
    ],
    [
      'answer failed has the API’s code before its type',
      { facts: { ended: 'failed', error: { type: 't', code: 'c', message: 'M' } } },
      { outcome: 'failed', error: { type: 'c', code: 'c', message: 'M' } },
    ],
    [
      'answer failed has the type where there is no code',
      { facts: { ended: 'failed', error: { type: 'overloaded_error' } } },
      { outcome: 'failed', error: { type: 'overloaded_error' } },
    ],
    [
      'answer failed with a message alone has the status',
      { status: 401, facts: { error: { message: 'Unauthorized' } } },
      { outcome: 'failed', error: { type: '401', message: 'Unauthorized' } },
    ],
    [
      'answer failed and says nothing is an error',
      { facts: { ended: 'failed' } },
      { outcome: 'failed', error: { type: 'error' } },
    ],
    ['status is 399 is no failure', { status: 399 }, {}],
    ['status is 400 failed', { status: 400 }, { outcome: 'failed', error: { type: '400' } }],
    [
      'status is 500 failed',
      { status: 500, isReadable: false },
      { outcome: 'failed', error: { type: '500' } },
    ],
    ['answer sends the agent on has no outcome', { status: 307, isReadable: false }, {}],
    [
      'error came over a WebSocket has the status that it names',
      { status: undefined, facts: { ended: 'failed', error: { status: 429, message: 'M' } } },
      { outcome: 'failed', error: { type: '429', message: 'M' }, status: 429 },
    ],
    [
      'error names a status over HTTP is called by it, and keeps its own',
      { facts: { ended: 'failed', error: { status: 429 } } },
      { outcome: 'failed', error: { type: '429' } },
    ],
    ['stream stops before its end is truncated', {}, { outcome: 'truncated', error: TRUNCATED }],
    [
      'answer is nothing that can be read says so',
      { isReadable: false },
      { outcome: 'unreadable', error: { type: 'unreadable' } },
    ],
    [
      'answer is too long to be read is unknown',
      { isReadable: false, facts: { isTooLong: true } },
      {},
    ],
    [
      'agent went away is cancelled, and no error',
      { state: 'cancelled' },
      { outcome: 'cancelled' },
    ],
    [
      'agent went away behind an error failed',
      { state: 'cancelled', facts: { ended: 'failed', error: { code: 'c' } } },
      { outcome: 'failed', error: { type: 'c', code: 'c' } },
    ],
    [
      'connection broke failed, for the system’s reason',
      { state: 'failed', broke: reset, status: undefined },
      { outcome: 'failed', error: { type: 'ECONNRESET', code: 'ECONNRESET', message: 'reset' } },
    ],
    [
      'connection broke without a reason failed',
      { state: 'failed' },
      { outcome: 'failed', error: { type: 'unknown' } },
    ],
  ])('%s', (_, row, came) => expect(outcome(row)).toEqual(came))
})
