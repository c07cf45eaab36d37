import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { methods } from '@agentclientprotocol/sdk'
import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import { eventually, SCRIPTED_KEY } from '../../host/index.js'
import { attribute, type SessionOnDisk } from '../session-on-disk.js'
import { chosen, type Editor } from './editor.js'
import { type AcpAgentName, type RealAgentPlace, realAgentPlace } from './real-agent.js'

// Each takes some ten seconds: `npm run soak` has the last two.
const AGENTS: readonly AcpAgentName[] =
  process.env.TACHO_SOAK === '1'
    ? ['opencode', 'gemini', 'claude-agent-acp', 'codex-acp']
    : ['opencode', 'gemini']

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
    expect(others).toMatchObject([{ what: 'mkfifo q3', decidedBy: 'user' }])
    expect(['cancelled', 'withdrawn']).toContain(others[0]?.outcome)
    for (const [index, pause] of pauses.entries())
      expect(Number([yes, no][index]?.waitMs)).toBeGreaterThanOrEqual(pause)

    // Each request stands in the turn of the prompt that it works at.
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
    await later.agent.request(methods.agent.session.load, {
      sessionId: id,
      cwd: place.cwd,
      mcpServers: [],
    })
    void later.prompt(id, 'please-run q4').catch(() => {})
    await later.question()
    await eventually(() => expect(session.started.filter(isApproval)).toHaveLength(4))
    later.process.kill('SIGKILL')
    await later.ended
    const asked = await place.told('approvals', 'last')
    expect(asked).toHaveLength(4)
    expect(asked.at(-1)).toMatchObject({ what: 'mkfifo q4', decision: null })
    expect(session.manifest.runs).toHaveLength(2)
    const [listed] = await place.told('ls')
    expect(listed.agentTitle ?? listed.agent).toBe(agent)
  }, 240_000)
}

/** Has it ask, and says yes or no; gives the milliseconds that it took to answer. */
async function answered(editor: Editor, id: string, text: string, kind: string): Promise<number> {
  const turn = editor.prompt(id, text)
  const { params, answer } = await editor.question()
  const seen = performance.now()
  const option = params.options.find((one) => one.kind === kind)
  // The clocks of two processes go alike, to the millisecond.
  await eventually(() => expect(performance.now() - seen).toBeGreaterThan(20))
  const pause = Math.floor(performance.now() - seen)
  answer(chosen(option?.optionId ?? ''))
  await turn
  return pause
}

/** What stands on the disk is what the model got and sent, and none of it is its key. */
function expectSameBytes(session: SessionOnDisk, { model }: RealAgentPlace): void {
  const served = new Map(
    model.exchanges
      .filter(({ method }) => method === 'POST')
      .map((exchange) => [exchange.requestBody.toString(), exchange]),
  )
  const index = indexRawLog(session.folder, () => undefined)
  expect(index.exchanges).toHaveLength(served.size)
  for (const exchange of index.exchanges) {
    const asked = Buffer.concat([...requestPieces(session.folder, index, exchange)]).toString()
    const sent = served.get(asked)?.responseBody
    const pieces = [...responseChunks(session.folder, exchange)].map(({ bytes }) => bytes)
    const got = Buffer.concat(pieces)
    expect(sent).toBeDefined()
    // The server may have sent what nobody took any more.
    const isWhole = exchange.state !== 'cancelled'
    expect(got.equals(isWhole ? (sent ?? got) : (sent ?? got).subarray(0, got.length))).toBe(true)
  }
  const texts = session.names().map((name) => session.text(name))
  expect(texts.join().includes(SCRIPTED_KEY)).toBe(false)
}

/** What the agent was sent is what its editor sent, and the other way round. */
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
