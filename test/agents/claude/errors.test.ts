import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import type { Answer } from '../../scripted-model/index.js'
import { endAlike, requestsAlike } from './alike.js'
import { expectItsBodies } from './bodies.js'
import { BYPASS, claudePlace } from './place.js'

const PROMPT = ['-p', 'Say hello', ...BYPASS]

// It would try ten times, waiting longer each time.
const ONCE = { environment: { CLAUDE_CODE_MAX_RETRIES: '1' } }

type Case = [what: string, answers: Answer[], last: object, turn: string]

const FAILED = { state: 'completed', outcome: 'failed' }

const HALF = { text: 'Half of it, '.repeat(9), deltas: 9 }

async function isRecordedAsItIs(answers: Answer[], first: object, turn: string): Promise<void> {
  await using alone = await claudePlace(answers, ONCE)
  await using recorded = await claudePlace(answers, ONCE)
  const [end, expectedEnd] = await Promise.all([
    recorded.tacho(['claude', '--persist-session', ...PROMPT]),
    alone.alone(PROMPT),
  ])
  expect(endAlike(end, recorded)).toEqual(endAlike(expectedEnd, alone))
  expect(requestsAlike(recorded)).toEqual(requestsAlike(alone))
  const { exchanges, turns } = await recorded.said<Record<string, object[]>>('show')
  expect(exchanges?.[0]).toMatchObject(first)
  expect(turns).toMatchObject([{ outcome: turn }])
  expectItsBodies(recorded.session(), recorded)
}

const CASES: Case[] = [
  ['that refuses a request', [{ status: 400 }], { ...FAILED, status: 400 }, 'failed'],
  ['that is busy', [{ status: 429 }, { text: 'Now.' }], { ...FAILED, status: 429 }, 'completed'],
]

const MORE_CASES: Case[] = [
  ['that does not know the key', [{ status: 401 }], { ...FAILED, status: 401 }, 'failed'],
  ['that is overloaded', [{ status: 529 }], { ...FAILED, status: 529 }, 'failed'],
  ['that fails once', [{ status: 500 }, { text: 'Now.' }], { ...FAILED, status: 500 }, 'completed'],
  [
    'that fails in its stream',
    [{ text: 'Half', failed: { code: 'overloaded_error', message: 'Busy.' } }, { text: 'Now.' }],
    { ...FAILED, status: 200, error: { type: 'overloaded_error', message: 'Busy.' } },
    'completed',
  ],
  [
    'whose stream breaks off',
    [{ ...HALF, fault: { kind: 'reset', after: 4 } }, { text: 'Now.' }],
    { state: 'failed', outcome: 'failed', error: { side: 'upstream' } },
    'completed',
  ],
  [
    'whose stream ends too soon',
    [{ ...HALF, fault: { kind: 'end', after: 4 } }, { text: 'Now.' }],
    { state: 'completed', outcome: 'truncated' },
    'completed',
  ],
]

describe('an API', () => {
  test.each(CASES)('%s is recorded, and Claude Code does as it does alone', (_, ...rest) =>
    isRecordedAsItIs(...rest),
  )
})

// `npm run soak` runs these.
describe.skipIf(!isSoak)('an API', () => {
  test.each(MORE_CASES)('%s is recorded, and Claude Code does as it does alone', (_, ...rest) =>
    isRecordedAsItIs(...rest),
  )
})
