import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Recording } from '../../packages/recorder/src/index.js'
import type { StoppedExchange } from '../../packages/recorder/src/session/cancellations.js'
import { attribute, SessionOnDisk } from '../agents/session-on-disk.js'

const ID = '0199a1b2-c3d4-7e5f-8a9b-000000000001'
const CONVERSATION = { sessionId: ID, threadId: ID, turnId: 'one' }
const START = Date.now() * 1000

test('a turn that the agent is done with ends then, with the next one of its thread', async () => {
  const turns = await recorded((session) => {
    session.parentFor(CONVERSATION, START)
    session.turns.done('one', START + 5000, 'completed')
    session.parentFor({ ...CONVERSATION, turnId: 'two' }, START + 9000)
  })
  expect(turns.map(told)).toEqual([
    ['completed', START + 5000],
    [undefined, START + 9000],
  ])
})

test('a turn that goes on after all is not done', async () => {
  const turns = await recorded((session) => {
    session.parentFor(CONVERSATION, START)
    session.turns.done('one', START + 5000, 'completed')
    session.turns.recordActivity('one', START + 5000)
    expect(session.turns.isDone('one')).toBe(true)
    session.turns.recordActivity('one', START + 5001)
    expect(session.turns.isDone('one')).toBe(false)
  })
  expect(turns.map(told)).toEqual([[undefined, START + 5001]])
})

test('a wish that is heard of behind what it stopped is its reason all the same', async () => {
  const [cancellation, ...others] = await recorded(
    (session) => {
      session.parentFor(CONVERSATION, START)
      session.cancellations.exchangeStopped(stopped(START + 1000))
      const wish = { origin: 'user', reason: 'Interrupt', conversation: CONVERSATION } as const
      session.cancellations.wish({ ...wish, at: START + 2000 })
      session.turnEnded(CONVERSATION, 'interrupted', START + 2000)
    },
    { lateWishMilliseconds: 60_000, name: 'cancellation' },
  )
  expect(others).toEqual([])
  expect(cancellation && attribute(cancellation, 'tacho.cancellation.origin')).toBe('user')
  // It cannot have been later than what it did.
  expect(micros(cancellation?.startTimeUnixNano)).toBe(START + 1000)
  expect(cancellation?.links?.map(({ spanId }) => spanId)).toContain('00000000000000aa')
})

test('what nobody wished to stop is told as such, at the latest at the end', async () => {
  for (const lateWishMilliseconds of [0, 60_000, undefined]) {
    const [cancellation, ...others] = await recorded(
      (session) => {
        session.parentFor(CONVERSATION, START)
        session.cancellations.exchangeStopped(stopped(START + 1000))
      },
      { lateWishMilliseconds, name: 'cancellation' },
    )
    expect(others).toEqual([])
    expect(cancellation && attribute(cancellation, 'tacho.cancellation.origin')).toBe('host')
    expect(micros(cancellation?.startTimeUnixNano)).toBe(START + 1000)
  }
})

test('a question whose answer nobody told has none, and is not open', async () => {
  const [approval] = await recorded(
    (session) => {
      const question = { kind: 'command', what: 'ls', offered: [] } as const
      session.approvals.asked({
        tap: 'json-rpc',
        ...question,
        id: 'q',
        conversation: CONVERSATION,
        at: START,
      })
      session.approvals.answered('json-rpc', 'q', { at: START + 1000, isWaitUnknown: true })
    },
    { name: 'approval command' },
  )
  const names = approval?.attributes.map(({ key }) => key)
  for (const name of ['decision', 'decided_by', 'wait_ms', 'open'])
    expect(names).not.toContain(`tacho.approval.${name}`)
})

async function recorded(
  work: (session: Recording['latest']) => void,
  options: { lateWishMilliseconds?: number | undefined; name?: string } = {},
) {
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
    lateWishMilliseconds: options.lateWishMilliseconds,
  })
  work(recording.session(ID))
  await recording.close({ exitCode: 0 })
  const name = options.name ?? 'invoke_agent codex'
  return new SessionOnDisk(join(root, ID)).spans
    .filter((span) => span.name === name)
    .sort((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)))
}

function stopped(at: number): StoppedExchange {
  return {
    spanId: '00000000000000aa',
    conversation: CONVERSATION,
    signalledAt: at,
    lastByteAt: at,
    releasedAt: at + 100,
    bytes: 1,
    events: 1,
    textLength: 1,
    outputTokens: undefined,
    otherwise: { origin: 'host', reason: 'the agent hung up' },
  }
}

type Told = Awaited<ReturnType<typeof recorded>>[number]

function told(span: Told): unknown[] {
  return [attribute(span, 'tacho.turn.status'), micros(span.endTimeUnixNano)]
}

function micros(nanoseconds: string | undefined): number {
  return Number(BigInt(nanoseconds ?? 0) / 1000n)
}
