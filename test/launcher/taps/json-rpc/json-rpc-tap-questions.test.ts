import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SessionOnDisk } from '../../../agents/session-on-disk.js'
import { SCRIPTED_KEY } from '../../../host/index.js'
import { type Ends, ends } from './json-rpc-tap-ends.js'

const THREAD = '0199a1b2-c3d4-7e5f-8a9b-000000000001'
const TURN = '0199a1b2-c3d4-7e5f-8a9b-000000001001'
const PLACE = { threadId: THREAD, turnId: TURN }

type Case = {
  what: string
  method: string
  params: object
  answer: object
  expected: Record<string, unknown>
}

// What the real Codex cannot easily be made to ask, by its generated types (0.169).
const CASES: Case[] = [
  {
    what: 'a command that needs the network',
    method: 'item/commandExecution/requestApproval',
    params: {
      networkApprovalContext: { host: 'example.org', protocol: 'https' },
      availableDecisions: ['accept', { applyNetworkPolicyAmendment: {} }, 'cancel'],
    },
    answer: {
      decision: {
        applyNetworkPolicyAmendment: {
          network_policy_amendment: { host: 'example.org', action: 'allow' },
        },
      },
    },
    expected: {
      kind: 'command',
      what: 'https://example.org',
      offered: ['accept', 'applyNetworkPolicyAmendment', 'cancel'],
      decision: 'applyNetworkPolicyAmendment',
      rule: '{"host":"example.org","action":"allow"}',
    },
  },
  {
    what: 'a command with a secret in it',
    method: 'item/commandExecution/requestApproval',
    params: {
      command: `curl -H "Authorization: Bearer ${SCRIPTED_KEY}"`,
      reason: `${SCRIPTED_KEY} is yours`,
    },
    answer: { decision: 'accept' },
    expected: { kind: 'command', decision: 'accept' },
  },
  {
    what: 'permissions for the session',
    method: 'item/permissions/requestApproval',
    params: { cwd: '/src', reason: 'To build', permissions: { network: { enabled: true } } },
    answer: { permissions: { network: { enabled: true } }, scope: 'session' },
    expected: {
      kind: 'permissions',
      what: '{"network":{"enabled":true}}',
      cwd: '/src',
      reason: 'To build',
      decision: 'acceptForSession',
      rule: '{"network":{"enabled":true}}',
    },
  },
  {
    what: 'permissions that are not given',
    method: 'item/permissions/requestApproval',
    params: { permissions: {} },
    answer: { permissions: {}, scope: 'turn' },
    expected: { kind: 'permissions', decision: 'decline' },
  },
  {
    what: "an MCP server's question",
    method: 'mcpServer/elicitation/request',
    params: { serverName: 'db', mode: 'form', message: 'Drop it?', requestedSchema: {} },
    answer: { action: 'decline', content: null },
    expected: {
      kind: 'mcp-elicitation',
      what: 'db: Drop it?',
      offered: ['accept', 'decline', 'cancel'],
      decision: 'decline',
    },
  },
  {
    what: 'a choice of the user',
    method: 'item/tool/requestUserInput',
    params: {
      questions: [{ id: 'q', question: 'Which?', options: [{ label: 'One' }, { label: 'Two' }] }],
    },
    answer: { answers: { q: { answers: ['Two'] } } },
    expected: {
      kind: 'user-input',
      what: 'Which?',
      offered: ['One', 'Two'],
      decision: 'answered',
    },
  },
  {
    what: 'an answer that says nothing',
    method: 'item/fileChange/requestApproval',
    params: { grantRoot: '/src' },
    answer: { decision: 7 },
    expected: { kind: 'file-change', what: '/src', decision: 'unreadable', decided_by: 'user' },
  },
]

let pair: Ends
let session: SessionOnDisk

beforeAll(async () => {
  pair = await ends()
  const { serverSays, clientSays } = pair
  await serverSays({
    method: 'thread/started',
    params: { thread: { id: THREAD, sessionId: THREAD } },
  })
  await serverSays({
    method: 'turn/started',
    params: { threadId: THREAD, turn: { id: TURN, status: 'inProgress' } },
  })
  for (const [id, { method, params, answer }] of CASES.entries()) {
    await serverSays({ method, id, params: { ...PLACE, itemId: `item ${id}`, ...params } })
    await clientSays({ id, result: answer })
    await serverSays({ method: 'serverRequest/resolved', params: { ...PLACE, requestId: id } })
  }
  await serverSays({ method: 'item/tool/requestUserInput', id: 'failed', params: PLACE })
  await clientSays({ id: 'failed', error: { code: -32601, message: 'not here' } })
  await serverSays({ method: 'item/tool/requestUserInput', id: 'never', params: PLACE })
  await serverSays({ method: 'currentTime/read', id: 100, params: { threadId: THREAD } })
  await clientSays({ id: 100, result: { time: 1 } })
  await clientSays({ id: 0, result: { decision: 'cancel' } })
  await clientSays({ id: '0', result: { decision: 'cancel' } })
  const stop = { threadId: THREAD, turnId: 'another' }
  await clientSays({ id: 'late', method: 'turn/interrupt', params: stop })
  for (const [reviewId, status] of [
    ['one', 'denied'],
    ['two', 'timedOut'],
  ]) {
    const action = { type: 'applyPatch', cwd: '/src', files: ['/src/a', '/src/b'] }
    const params = { ...PLACE, reviewId, targetItemId: 'patch', action }
    const method = 'item/autoApprovalReview'
    await serverSays({ method: `${method}/started`, params })
    const review = { status, riskLevel: 'high', rationale: 'It is not asked for.' }
    await serverSays({ method: `${method}/completed`, params: { ...params, review } })
  }
  session = await pair.finish()
})

afterAll(() => pair[Symbol.asyncDispose]())

for (const [id, { what, expected }] of CASES.entries()) {
  test(`${what} is recorded with what was asked and answered`, () => {
    const approval = approvalOf(String(id))
    expect(approval).toMatchObject(expected)
    expect(approval.decided_by).toBe('user')
    expect(approval.wait_ms).toBeGreaterThanOrEqual(0)
  })
}

describe('what is not a plain answer', () => {
  test('a client that cannot ask has not decided', () => {
    expect(approvalOf('"failed"')).toMatchObject({ decision: 'error', decided_by: 'host' })
  })

  test('what nobody answers stays open', () => {
    expect(approvalOf('"never"').open).toBe(true)
    expect(approvalOf('"never"')).not.toHaveProperty('decision')
  })

  test('a second answer and one to nothing change nothing, and are in the log', () => {
    expect(approvalOf('0').decision).toBe('applyNetworkPolicyAmendment')
    expect(session.log).toContain('answered the request 0 (item/commandExecution')
    expect(session.log).toContain('a second time')
    expect(session.log).toContain('answered the request "0", which is not open')
    expect(session.log).not.toContain('request 100')
  })

  test('no answer of these stops the turn, nor does the request to cancel another', () => {
    const names = session.spans.map(({ name }) => name)
    const cancellations = session.spans.filter(({ name }) => name === 'cancellation')
    expect(names).toContain('invoke_agent codex')
    // The connection of the client that hangs up in the end.
    expect(cancellations.map((span) => attributesOf(span)['tacho.cancellation.origin'])).toEqual([
      'host',
    ])
  })
})

test('an automated review is an approval that the reviewer decided', () => {
  expect(approvalOf('review one')).toMatchObject({
    kind: 'file-change',
    what: '/src/a, /src/b',
    decision: 'denied',
    decided_by: 'reviewer',
    rationale: 'risk high: It is not asked for.',
  })
  expect(approvalOf('review two')).toMatchObject({ decision: 'timedOut', decided_by: 'timeout' })
})

test('no secret and no answer of the user is in the spans', () => {
  const spans = session.text('session_meta.log')
  expect(spans.includes(SCRIPTED_KEY)).toBe(false)
  expect(spans.includes('Drop it?')).toBe(true)
  expect(spans.match(/"Two"/g)).toHaveLength(2)
})

/** The attributes of an approval, without the prefix `tacho.approval.`. */
function approvalOf(id: string): Record<string, unknown> {
  const all = session.spans.map(attributesOf)
  const found = all.find((attributes) => attributes['tacho.approval.id'] === id) ?? {}
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name.replace('tacho.approval.', ''), value]),
  )
}

function attributesOf({ attributes }: SessionOnDisk['spans'][number]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]))
}

function plain(value: object): unknown {
  const [only] = Object.values(value)
  const { values } = (only ?? {}) as { values?: object[] }
  return values === undefined ? only : values.map(plain)
}
