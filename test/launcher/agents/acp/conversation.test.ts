import { expect, test } from 'vitest'
import { conversationWith } from '../../../../packages/launcher/dist/agents/acp/conversation.js'
import { recorded as claude } from '../../../../packages/launcher/dist/agents/claude/recorded.js'
import { recorded as codex } from '../../../../packages/launcher/dist/agents/codex/recorded.js'
import { AcpSessions } from '../../../../packages/launcher/dist/taps/acp/sessions.js'

const SESSION = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const OWN = { sessionId: SESSION, threadId: SESSION }

function codexTurn(metadata: object): [string, string][] {
  const turn = { session_id: SESSION, thread_id: SESSION, turn_id: 'turn', ...metadata }
  return [
    ['session-id', SESSION],
    ['x-codex-turn-metadata', JSON.stringify(turn)],
  ]
}

const ofSubAgent = { thread_id: 'part', thread_source: 'subagent', subagent_kind: 'thread_spawn' }

test.each<[string, [string, string][], object]>([
  ["the user's own thread has the turns of ACP", codexTurn({ thread_source: 'user' }), OWN],
  [
    'a sub-agent of Codex, its own',
    codexTurn(ofSubAgent),
    { ...OWN, threadId: 'part', turnId: 'turn', threadSource: 'subagent:thread_spawn' },
  ],
  [
    'whatever else Codex does aside, too',
    codexTurn({ thread_id: 'aside', thread_source: 'memory' }),
    { ...OWN, threadId: 'aside', turnId: 'turn', threadSource: 'memory' },
  ],
  [
    'a sub-agent of Claude Code, its task',
    [
      ['x-claude-code-session-id', SESSION],
      ['x-claude-code-agent-id', 'a1'],
    ],
    { ...OWN, threadId: 'a1', turnId: 'a1', threadSource: 'subagent' },
  ],
])('%s', (_, headers, told) => {
  const sessions = new AcpSessions()
  sessions.note(SESSION)
  expect(conversationWith(sessions, [codex, claude])({ headers })).toEqual(told)
})
