import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually } from '../../host/index.js'
import type { ToolCall } from '../../scripted-model/index.js'
import { ledgerOf, onPage } from '../../viewer/on-page.js'
import { attribute } from '../session-on-disk.js'
import { claudePlace } from './place.js'
import { claudeIn } from './processes.js'

type Message = Record<string, unknown> & { type: string }

const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command } })

const HOST = [
  ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
  ...['--permission-prompt-tool', 'stdio', '--permission-mode', 'manual'],
]

test('a host is asked and answers, denies and interrupts: each is recorded as it passes', async () => {
  await using place = await claudePlace([
    { calls: [bash('mkfifo q1')] },
    { calls: [bash('mkfifo q2')] },
    { text: 'Both told.' },
    { calls: [bash('mkfifo q3')] },
  ])
  await using claude = place.startTacho(['claude', '--persist-session', ...HOST])
  const say = (message: object) => claude.stdin.write(`${JSON.stringify(message)}\n`)
  const messages = () =>
    claude.stdout.bytes
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Message)
  const asked = (count: number) =>
    eventually(() => {
      const all = messages().filter(({ type }) => type === 'control_request')
      expect(all).toHaveLength(count)
      return all[count - 1] as Message & { request: { input: object }; request_id: string }
    })
  const answer = (request_id: string, response: object) =>
    say({ type: 'control_response', response: { subtype: 'success', request_id, response } })
  const prompt = (content: string) => say({ type: 'user', message: { role: 'user', content } })

  prompt('Make pipes')
  const first = await asked(1)
  answer(first.request_id, { behavior: 'allow', updatedInput: first.request.input })
  const second = await asked(2)
  answer(second.request_id, { behavior: 'deny', message: 'Not that one', interrupt: false })
  await eventually(() => expect(messages().map(({ type }) => type)).toContain('result'))
  prompt('Another')
  await asked(3)
  say({ type: 'control_request', request_id: 'int1', request: { subtype: 'interrupt' } })
  await eventually(() => expect(messages().filter(({ type }) => type === 'result')).toHaveLength(2))
  claude.stdin.end()
  expect(await claude.ended).toMatchObject({ signal: null })

  const approvals = await place.said<Message[]>('approvals')
  expect(approvals).toMatchObject([
    { what: 'mkfifo q1', outcome: 'allowed', decision: 'allow', decidedBy: 'user' },
    { what: 'mkfifo q2', outcome: 'denied', decision: 'deny', rationale: 'Not that one' },
    { what: 'mkfifo q3', outcome: 'cancelled', decidedBy: 'user' },
  ])
  expect(approvals.map(({ id }) => id)).toEqual(
    messages()
      .filter(({ type }) => type === 'control_request')
      .map(({ request_id: id }) => id),
  )
  const cancellation = place.session().spans.find(({ name }) => name === 'cancellation')
  expect(cancellation && attribute(cancellation, 'tacho.cancellation.reason')).toBe('interrupt')

  await onPage(place.root, place.session().id, async (page) => {
    const ledger = await ledgerOf(page, 'approvals')
    expect(ledger.map(([, what, outcome, by]) => [what, outcome, by])).toEqual([
      ['mkfifo q1', 'allowed (allow)', 'user'],
      ['mkfifo q2', 'denied (deny)', 'user'],
      ['mkfifo q3', 'cancelled (control_cancel_request)', 'user'],
    ])
    const [cut = []] = await ledgerOf(page, 'cancellations')
    expect(cut[1]).toMatch(/^interrupt user$/)
  })
})

// `npm run soak` runs this.
describe.skipIf(!isSoak)('of a host', () => {
  test('a question that is open at kill -9 has no answer', async () => {
    await using place = await claudePlace([{ calls: [bash('mkfifo q1')] }])
    await using claude = place.startTacho(['claude', '--persist-session', ...HOST])
    const message = { role: 'user', content: 'Make a pipe' }
    claude.stdin.write(`${JSON.stringify({ type: 'user', message })}\n`)
    await claude.stdout.containing('can_use_tool')
    await eventually(() =>
      expect(place.session().started.map(({ name }) => name)).toContain('approval command'),
    )
    for (const pid of claudeIn(place)) process.kill(pid, 'SIGKILL')
    await claude.ended
    const approvals = await place.said<object[]>('approvals')
    expect(approvals).toMatchObject([{ what: 'mkfifo q1', decision: null, decidedBy: null }])
    const { session } = await place.said<{ session: object }>('show')
    expect(session).toMatchObject({ ended: 'died' })
  })
})
