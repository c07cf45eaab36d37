import { expect, test } from 'vitest'
import { decided, itemStarted, ONE, serverSays } from '../codex-says.js'
import { type Seen, spansOf } from '../reduced.js'

function review(what: 'started' | 'completed', params: object) {
  const method = `item/autoApprovalReview/${what}`
  return serverSays({ method, params: { ...ONE, reviewId: 'r', targetItemId: 'c', ...params } })
}

test('what the reviewer decides is an approval of the call that it is about, and has its words', () => {
  const seen: Seen[] = [
    [10, itemStarted('c')],
    [20, review('started', { action: { type: 'command', command: 'ls', cwd: '/work' } })],
    [
      50,
      review('completed', { review: { status: 'denied', riskLevel: 'high', rationale: 'No.' } }),
    ],
    // The log event repeats it.
    [60, decided('c', 'denied', 'AutomatedReviewer')],
  ]
  expect(spansOf('approval', seen)).toMatchObject([
    {
      span: 'approval command',
      in: 'execute_tool commandExecution',
      from: 20,
      to: 50,
      id: 'review r',
      what: 'ls',
      cwd: '/work',
      decision: 'denied',
      decided_by: 'reviewer',
      rationale: 'risk high: No.',
      wait_ms: 30,
    },
  ])
})

test.each([
  ['approved', 'reviewer'],
  ['timedOut', 'timeout'],
  ['aborted', 'host'],
])('a review that is %s was decided by the %s', (status, decidedBy) => {
  const seen: Seen[] = [
    [20, review('started', { action: {} })],
    [50, review('completed', { review: { status } })],
  ]
  expect(spansOf('approval', seen)).toMatchObject([{ decision: status, decided_by: decidedBy }])
})

test.each<[action: object, told: object]>([
  [
    { type: 'applyPatch', files: ['a', 'b'] },
    { kind: 'file-change', what: 'a, b', files: ['a', 'b'] },
  ],
  [
    { type: 'mcpToolCall', server: 'calc', toolName: 'add' },
    { kind: 'mcp-elicitation', what: 'calc: add' },
  ],
  [
    { type: 'requestPermissions', permissions: { network: true } },
    { kind: 'permissions', what: '{"network":true}' },
  ],
  [
    { type: 'execve', argv: ['ls', '-l'] },
    { kind: 'command', what: '["ls","-l"]' },
  ],
  [
    { type: 'execve', program: 'ls' },
    { kind: 'command', what: '["ls"]' },
  ],
  [
    { type: 'writeStdin', stdin: 'y' },
    { kind: 'command', what: 'y' },
  ],
  [
    { type: 'networkAccess', target: 'example.com' },
    { kind: 'command', what: 'example.com' },
  ],
  [{ type: 'somethingNew' }, { kind: 'command', what: 'somethingNew' }],
  [{}, { kind: 'command', what: '' }],
])('a review of %j says what it is about', (action, told) => {
  expect(spansOf('approval', [[20, review('started', { action })]])).toMatchObject([told])
})

test('without a connection, the log event alone tells what the reviewer decided', () => {
  expect(spansOf('approval', [[60, decided('c', 'denied', 'AutomatedReviewer')]])).toMatchObject([
    { decision: 'decline', decided_by: 'reviewer', from: 60, to: 60 },
  ])
})
