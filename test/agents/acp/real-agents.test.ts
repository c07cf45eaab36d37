import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { methods } from '@agentclientprotocol/sdk'
import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually, SCRIPTED_KEY } from '../../host/index.js'
import { attribute, type SessionOnDisk } from '../session-on-disk.js'
import { chosen, type Editor } from './editor.js'
import { type AcpAgentName, type RealAgentPlace, realAgentPlace } from './real-agent.js'

// Each takes some ten seconds; `npm run soak` runs all of them.
const AGENTS: readonly AcpAgentName[] = [
  ...(['gemini', 'codex-acp'] as const),
  ...(isSoak ? (['opencode', 'claude-agent-acp'] as const) : []),
]

for (const agent of AGENTS) {
  test(`${agent}: what it asks its editor, and what that answers and cancels, with its requests`, async () => {
    await using place = await realAgentPlace(agent)
    await using editor = place.editor()
    await editor.initialize()
    const id = await place.newSession(editor)

    const pauses = [
      await answered(editor, id, 'please-run q1', 'allow_once'),
      await answered(editor, id, 'please-run q2', 'reject_once'),
    ]
    // A peer that speaks nonsense.
    editor.process.stdin?.write('Nonsense.\n{"jsonrpc":"2.0"}\n[1,2]\n')
    const cancelled = editor.prompt(id, 'please-run q3')
    const { answer } = await editor.question()
    await editor.cancel(id)
    answer({ outcome: 'cancelled' })
    expect(await cancelled).toMatchObject({ stopReason: 'cancelled' })

    const endless = editor.prompt(id, 'please-go-on')
    await eventually(() => expect(editor.received).toContain('Endless'))
    await editor.cancel(id)
    expect(await endless).toMatchObject({ stopReason: 'cancelled' })
    await editor.hangUp()

    const session = place.session(id)
    const [yes, no, ...others] = approvalsOf(session)
    expect(yes).toMatchObject({ what: 'mkfifo q1', outcome: 'allowed' })
    expect(no).toMatchObject({ what: 'mkfifo q2', outcome: 'denied' })
    // On session/cancel some agents withdraw their question, before or after the editor's answer.
    expect(others).toMatchObject([{ what: 'mkfifo q3' }])
    expect(['cancelled by user', 'withdrawn by host']).toContain(
      `${others[0]?.outcome} by ${others[0]?.decidedBy}`,
    )
    for (const [index, pause] of pauses.entries())
      expect(Number([yes, no][index]?.waitMs)).toBeGreaterThanOrEqual(pause)

    // Each request belongs to the turn of its prompt.
    const turns = named(session, 'invoke_agent')
    expect(turns.map((span) => attribute(span, 'tacho.turn.outcome'))).toEqual([
      'completed',
      agent === 'codex-acp' ? 'cancelled' : 'completed',
      'cancelled',
      'cancelled',
    ])
    const chats = named(session, 'chat')
    for (const { spanId } of turns)
      expect(chats.map(({ parentSpanId }) => parentSpanId)).toContain(spanId)
    const stopped = named(session, 'cancellation')
      .at(-1)
      ?.links?.map(({ spanId }) => spanId)
    const streamed = chats.filter(({ parentSpanId }) => parentSpanId === turns.at(-1)?.spanId)
    expect(streamed.filter(({ spanId }) => stopped?.includes(spanId))).not.toHaveLength(0)
    expectSameBytes(session, place)
    expectBytesOn(editor, place)

    await using later = place.editor()
    await later.initialize()
    const loaded = await reopened(later, id, place)
    if (agent !== 'gemini') expect(loaded).toBe(id)
    void later.prompt(loaded, 'please-run q4').catch(() => {})
    await later.question()
    const earlier = loaded === id ? 3 : 0
    const open = () => place.session(loaded).started.filter(isApproval)
    await eventually(() => expect(open()).toHaveLength(earlier + 1))
    later.process.kill('SIGKILL')
    await later.ended
    const asked = await place.told('approvals', loaded)
    expect(asked).toHaveLength(earlier + 1)
    expect(asked.at(-1)).toMatchObject({ what: 'mkfifo q4', decision: null })
    expect(place.session(loaded).manifest.runs).toHaveLength(loaded === id ? 2 : 1)
    const [listed] = await place.told('ls')
    expect(listed.agentTitle ?? listed.agent).toBe(agent)
  }, 240_000)
}

/** Resumes a session. Gemini CLI sometimes forgets that there was one, and starts another. */
async function reopened(editor: Editor, id: string, place: RealAgentPlace): Promise<string> {
  const asked = { sessionId: id, cwd: place.cwd, mcpServers: [] }
  try {
    await editor.agent.request(methods.agent.session.load, asked)
    return id
  } catch (cause) {
    if (!JSON.stringify(cause).includes('No previous sessions')) throw cause
    return place.newSession(editor)
  }
}

/** Has it ask, and answers yes or no; returns how many milliseconds the answer took. */
async function answered(editor: Editor, id: string, text: string, kind: string): Promise<number> {
  const turn = editor.prompt(id, text)
  const { params, answer } = await editor.question()
  const seen = performance.now()
  const option = params.options.find((one) => one.kind === kind)
  // The clocks of two processes agree to the millisecond.
  await eventually(() => expect(performance.now() - seen).toBeGreaterThan(20))
  const pause = Math.floor(performance.now() - seen)
  answer(chosen(option?.optionId ?? ''))
  await turn
  return pause
}

/** What the model received and sent is on disk, without its key. */
function expectSameBytes(session: SessionOnDisk, { model }: RealAgentPlace): void {
  const served = model.exchanges.map(({ requestBody, responseBody }) => [requestBody, responseBody])
  const index = indexRawLog(session.folder, () => undefined)
  for (const exchange of index.exchanges) {
    const asked = Buffer.concat([...requestPieces(session.folder, index, exchange)])
    const isWhole = exchange.state === 'completed'
    const pieces = isWhole ? [...responseChunks(session.folder, exchange)] : []
    const got = Buffer.concat(pieces.map(({ bytes }) => bytes))
    const at = served.findIndex(
      ([request, response]) => request?.equals(asked) && (!isWhole || response?.equals(got)),
    )
    // When an agent drops a request, the model may have received nothing.
    if (isWhole) expect(at).toBeGreaterThanOrEqual(0)
    if (at >= 0) served.splice(at, 1)
  }
  expect(served.filter(([request]) => request?.length !== 0)).toHaveLength(0)
  const texts = session.names().map((name) => session.text(name))
  expect(texts.join().includes(SCRIPTED_KEY)).toBe(false)
}

/** What the agent received is what its editor sent, and the other way round. */
function expectBytesOn(editor: Editor, { cwd }: RealAgentPlace): void {
  const read = (name: string) => readFileSync(join(cwd, '..', name), 'utf8')
  expect(read('in.log')).toContain('Nonsense.\n{"jsonrpc":"2.0"}\n[1,2]\n')
  expect(read('in.log').replace('Nonsense.\n{"jsonrpc":"2.0"}\n[1,2]\n', '')).toBe(
    Buffer.concat(editor.bytes.sent).toString(),
  )
  expect(read('out.log') === editor.received).toBe(true)
}

function named(session: SessionOnDisk, kind: string) {
  return session.spans
    .filter(({ name }) => name === kind || name.startsWith(`${kind} `))
    .sort((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)))
}

function isApproval({ name }: { name: string }): boolean {
  return name.startsWith('approval')
}

function approvalsOf(session: SessionOnDisk) {
  return named(session, 'approval').map((span) => {
    const say = (name: string) => attribute(span, `tacho.approval.${name}`)
    return {
      what: say('what'),
      outcome: say('outcome'),
      decidedBy: say('decided_by'),
      waitMs: say('wait_ms'),
    }
  })
}
