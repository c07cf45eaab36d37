import { describe, expect, test } from 'vitest'
import { conversationOf } from '../../../../packages/launcher/dist/agents/codex/conversation.js'
import { cwdOf } from '../../../../packages/launcher/dist/agents/codex/cwd.js'
import { versionOf } from '../../../../packages/launcher/dist/agents/codex/user-agent.js'

describe('where Codex works', () => {
  for (const [words, folder] of [
    ['exec hello', '/work'],
    ['exec -C /other hello', '/other'],
    ['exec -C other hello', '/work/other'],
    ['exec --cd ../other hello', '/other'],
    ['--cd=/other exec hello', '/other'],
    ['-C/other', '/other'],
    ['exec -- -C /other', '/work'],
    ['-C /one -C /two', '/two'],
  ] as const)
    test(`codex ${words}: ${folder}`, () => expect(cwdOf(words.split(' '), '/work')).toBe(folder))
})

describe('the version in a user agent', () => {
  for (const [userAgent, originator, version] of [
    ['codex_exec/0.169.0 (Debian 13.0.0; x86_64) xterm', undefined, '0.169.0'],
    ['codex-tui/0.170.0-alpha.1 (Debian)', 'codex-tui', '0.170.0-alpha.1'],
    ['my_client/0.169.0 (Debian) xterm (my_client; 9.9.9)', 'my_client', '0.169.0'],
    ['My Editor/0.169.0 (Debian)', 'My Editor', '0.169.0'],
    ['curl/8.1.0', undefined, undefined],
    ['curl/8.1.0', 'codex_exec', undefined],
    ['my_client/nine (Debian)', 'my_client', undefined],
    ['my_client', 'my_client', undefined],
    ['', '', undefined],
  ] as const)
    test(`${JSON.stringify(userAgent)}: ${version}`, () =>
      expect(versionOf(userAgent, originator)).toBe(version))
})

describe('what a request is for', () => {
  for (const [metadata, purpose] of [
    [{ thread_source: 'user', request_kind: 'turn' }, {}],
    [{ thread_source: 'thread_title' }, { threadSource: 'thread_title' }],
    [{ thread_source: 'subagent', subagent_kind: 'review' }, { threadSource: 'subagent:review' }],
    [
      { thread_source: 'user', request_kind: 'compaction', compaction: { trigger: 'auto' } },
      { requestKind: 'compaction:auto' },
    ],
    [{ request_kind: 'compaction' }, { requestKind: 'compaction' }],
    [{ thread_source: 'x'.repeat(201), subagent_kind: 1 }, {}],
  ] as const)
    test(JSON.stringify(metadata).slice(0, 90), () => {
      const json = JSON.stringify(metadata)
      expect(conversationOf({ headers: [['x-codex-turn-metadata', json]] })).toEqual(purpose)
    })
})
