import { expect, test } from 'vitest'
import { Conversations } from '../../../../packages/launcher/src/agents/opencode/conversation.js'
import { momentOf } from '../../../../packages/launcher/src/agents/opencode/server-events.js'
import { opencodeMode } from '../../../../packages/launcher/src/agents/opencode/subcommand.js'

test.each<[args: string, mode: string | undefined]>([
  ['', 'tui'],
  ['./project', 'tui'],
  ['-m run', 'tui'],
  ['--port 1 -c', 'tui'],
  ['run fix it', 'run'],
  ['--log-level DEBUG run fix', 'run'],
  ['run -i fix', 'run-tui'],
  ['run --attach http://x fix', undefined],
  ['serve', 'serve'],
  ['acp', 'acp'],
  ['attach http://x', undefined],
  ['models', undefined],
  ['run --help', undefined],
])('opencode %s is %s', (args, mode) => {
  expect(opencodeMode(args === '' ? [] : args.split(' '))).toBe(mode)
})

const NOW = 1795918253_300_000

test.each<[id: unknown, at: number | undefined]>([
  ['evt_22511cc35001VubRgYFjr7mJ9r', 1795918253_109_000],
  // Slightly ahead of our clock.
  ['evt_22511ccf4001QyJy67vA5M59XQ', 1795918253_300_000],
  ['evt_000000000000x', undefined],
  ['evt_short', undefined],
  [7, undefined],
])('when %s happened', (id, at) => {
  expect(momentOf(id, NOW)).toBe(at)
})

const body = (text: string) => new TextEncoder().encode(text)

test('a sub-agent of a sub-agent is a thread of the session that both work for', () => {
  const all = new Conversations()
  const of = (id: string, parent?: string) =>
    all.of({
      headers: [
        ['x-session-id', id],
        ...(parent === undefined ? [] : [['x-parent-session-id', parent] as [string, string]]),
      ],
    })
  expect(of('ses_a')).toEqual({ sessionId: 'ses_a', threadId: 'ses_a' })
  of('ses_b', 'ses_a')
  expect(of('ses_c', 'ses_b')).toEqual({
    sessionId: 'ses_a',
    threadId: 'ses_c',
    threadSource: 'subagent',
  })
  expect(of('ses_c')).toMatchObject({ sessionId: 'ses_a' })
})

test('a title is told by what it asks, and to opencode’s own gateway the ids have other names', () => {
  const all = new Conversations()
  const headers: [string, string][] = [
    ['x-opencode-session', 'ses_a'],
    ['x-opencode-request', 'msg_1'],
    ['User-Agent', 'opencode/1.18.33 ai-sdk'],
  ]
  expect(all.of({ headers }, body('{"messages":[{"content":"Hi"}]}'))).toEqual({
    sessionId: 'ses_a',
    threadId: 'ses_a',
    turnId: 'msg_1',
    agentVersion: '1.18.33',
  })
  const titles = ['"You are a title generator. You', '"Generate a title for this conversation:\\n']
  for (const text of titles)
    expect(all.of({ headers }, body(`{"messages":[{"content":${text}`))).toMatchObject({
      threadId: 'ses_a/title',
      threadSource: 'title',
    })
  const shorter = '{"messages":[{"content":"You are a context summarization agent. You'
  expect(all.of({ headers }, body(shorter))).toMatchObject({
    threadId: 'ses_a',
    turnId: 'msg_1',
    requestKind: 'compaction',
  })
})

test('a header that is not an id names nothing', () => {
  const headers: [string, string][] = [['x-session-id', '../../etc']]
  expect(new Conversations().of({ headers })).toEqual({})
})
