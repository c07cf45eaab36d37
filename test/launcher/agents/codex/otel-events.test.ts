import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { approvalsOf, readSession } from '@tacho/reader'
import { expect, onTestFinished, test } from 'vitest'
import { observeAppServer } from '../../../../packages/launcher/dist/agents/codex/app-server/observer.js'
import { OtelEvents } from '../../../../packages/launcher/dist/agents/codex/otel-events.js'
import { HookQuestions } from '../../../../packages/launcher/dist/agents/codex/tui/hook-questions.js'
import { TurnMoments } from '../../../../packages/launcher/dist/agents/codex/turn-moments.js'
import { Recording } from '../../../../packages/recorder/dist/index.js'

const THREAD = '01a20704-fe00-7ed0-a5a1-f1cc0ba0b95e'

/** A recording with the log events' tap, and with the JSON-RPC tap of one thread where it is wanted. */
function taps({ hasJsonRpc }: { hasJsonRpc: boolean }) {
  const root = mkdtempSync(join(tmpdir(), 'tacho-test-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const recording = new Recording({
    root,
    agent: { name: 'codex' },
    command: 'app-server',
    argv: [],
    cwd: root,
    environment: {},
    logLevel: 'info',
    onTrouble() {},
  })
  const events = new OtelEvents({
    recording,
    turns: new TurnMoments(),
    questions: new HookQuestions(),
  })
  const observer = observeAppServer({ recording })
  const line = (message: object) => Buffer.from(JSON.stringify(message))
  if (hasJsonRpc) {
    observer.fromClient(line({ id: 1, method: 'thread/start', params: {} }))
    observer.fromServer(line({ id: 1, result: { thread: { id: THREAD } } }))
  } else recording.session(THREAD)
  return {
    decides: (callId: string, threadId?: string) =>
      events.take([decision(callId, recording.now(), threadId)]),
    sessions: () => readdirSync(root),
    serverSays: (message: object) => observer.fromServer(line(message)),
    clientSays: (message: object) => observer.fromClient(line(message)),
    async approvals() {
      await recording.close({ exitCode: 0 })
      return approvalsOf(await readSession(join(root, THREAD)))
    },
  }
}

/** What Codex says when the user has let a command run. */
function decision(callId: string, at: number, threadId = THREAD) {
  return {
    at,
    attributes: new Map([
      ['event.name', 'codex.tool_decision'],
      ['conversation.id', threadId],
      ['call_id', callId],
      ['tool_name', 'exec_command'],
      ['decision', 'approved'],
      ['source', 'User'],
    ]),
  }
}

const QUESTION = {
  id: 0,
  method: 'item/commandExecution/requestApproval',
  params: { threadId: THREAD, turnId: 'turn', itemId: 'call', command: 'rm -rf build' },
}

test('a decision that a log event tells answers no question of the JSON-RPC tap', async () => {
  const { decides, serverSays, clientSays, approvals } = taps({ hasJsonRpc: true })
  serverSays(QUESTION)
  decides('call')
  clientSays({ id: 0, result: { decision: 'decline' } })
  decides('call')
  const [approval, ...others] = await approvals()
  expect(others).toEqual([])
  expect([approval?.what, approval?.decision]).toEqual(['rm -rf build', 'decline'])
})

test('a decision of the user that nobody was asked for over JSON-RPC is none', async () => {
  const { decides, approvals } = taps({ hasJsonRpc: true })
  decides('another call')
  expect(await approvals()).toEqual([])
})

test('without a tap that sees questions it is all that is known', async () => {
  const { decides, approvals } = taps({ hasJsonRpc: false })
  decides('call')
  const [approval, ...others] = await approvals()
  expect(others).toEqual([])
  expect([approval?.decision, approval?.decidedBy]).toEqual(['accept', 'user'])
})

test.each(['2026', '..', '', 'a'.repeat(300)])('a thread called %j is none', async (threadId) => {
  const { decides, sessions, approvals } = taps({ hasJsonRpc: false })
  decides('call', threadId)
  expect(await approvals()).toEqual([])
  expect(sessions()).toEqual([THREAD])
})
