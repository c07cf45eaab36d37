import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { expect, onTestFinished, test } from 'vitest'
import { LogEvents } from '../../../../packages/launcher/dist/agents/codex/log-events.js'
import { Recording } from '../../../../packages/recorder/dist/index.js'
import { SessionOnDisk } from '../../../agents/session-on-disk.js'

const MAIN = '01a20704-fe00-7ed0-a5a1-f1cc0ba0b95e'
const TITLE = '01a20704-fe00-7ed0-a5a1-f1cc0ba0b95f'

function heard() {
  const root = mkdtempSync(join(tmpdir(), 'tacho-test-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const recording = new Recording({
    root,
    agent: { name: 'codex' },
    command: 'tui',
    argv: [],
    cwd: root,
    environment: {},
    logLevel: 'info',
    onTrouble: (sentence) => expect.unreachable(sentence),
  })
  const events = new LogEvents(recording)
  return {
    recording,
    says(name: string, threadId: string, more: Record<string, string> = {}) {
      const attributes = { 'event.name': name, 'conversation.id': threadId, ...more }
      events.take([{ at: recording.now(), attributes: new Map(Object.entries(attributes)) }])
    },
    sessions: () => readdirSync(root),
    async written(id = MAIN) {
      await recording.close({ exitCode: 0 })
      const lines = new SessionOnDisk(join(root, id)).lines(SESSION_FILES.events)
      return (lines as { kind: string; name?: string; attributes?: object }[]).filter(
        ({ kind }) => kind === 'log-event',
      )
    },
  }
}

test('what a thread tells before it says whose it is, stands in the session that it belongs to', async () => {
  const { recording, says, sessions, written } = heard()
  says('codex.conversation_starts', TITLE, { approval_policy: 'never' })
  const session = recording.session(MAIN)
  recording.noteThread(TITLE, session)
  says('codex.api_request', TITLE)
  expect(sessions()).toEqual([MAIN])
  expect(await written()).toMatchObject([
    {
      name: 'codex.conversation_starts',
      attributes: { 'conversation.id': TITLE, approval_policy: 'never' },
    },
  ])
})

test('a thread that does nothing makes no session', async () => {
  const { recording, says, sessions, written } = heard()
  says('codex.conversation_starts', TITLE)
  recording.session(MAIN)
  expect(await written()).toEqual([])
  expect(sessions()).toEqual([MAIN])
})

test('a tool of a thread that is not known is the first that is heard of its session', async () => {
  const { says, sessions, written } = heard()
  says('codex.conversation_starts', MAIN)
  says('codex.tool_result', MAIN, { call_id: 'c' })
  expect(sessions()).toEqual([MAIN])
  expect((await written()).map(({ name }) => name)).toEqual([
    'codex.conversation_starts',
    'codex.tool_result',
  ])
})

test.each(['2026', '..', '', 'a'.repeat(300)])('a thread called %j is none', async (threadId) => {
  const { recording, says, sessions, written } = heard()
  recording.session(MAIN)
  says('codex.tool_decision', threadId, { call_id: 'c' })
  expect(await written()).toEqual([])
  expect(sessions()).toEqual([MAIN])
})

test('what each request tells, and who the user is, is not written once more', async () => {
  const { recording, says, written } = heard()
  recording.session(MAIN)
  says('codex.sse_event', MAIN)
  says('codex.tool_result', MAIN, {
    call_id: 'c',
    'user.email': 'ada@example.com',
    output: 'x'.repeat(9000),
  })
  const [event, ...others] = await written()
  expect(others).toEqual([])
  expect(event?.attributes).toEqual({
    'conversation.id': MAIN,
    call_id: 'c',
    output: 'x'.repeat(4096),
  })
})
