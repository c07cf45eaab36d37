import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { methods } from '@agentclientprotocol/sdk'
import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import { eventually, run, SCRIPTED_KEY, tachoCommand } from '../../host/index.js'
import { ledgerOf, onPage } from '../../viewer/on-page.js'
import { attribute, type SessionOnDisk } from '../session-on-disk.js'
import { chosen } from './editor.js'
import { AGENT, editorsPlace } from './place.js'

const ID = 'sess_0123456789abcdef_1'

const ANSWERS = [
  ['proceed_once', { outcome: 'allowed', tool: 'completed' }],
  ['proceed_always', { outcome: 'allowed-with-rule', tool: 'completed' }],
  // Gemini's word; its kind says what it means.
  ['cancel', { outcome: 'denied', tool: 'declined' }],
] as const

test('a question is recorded with its options, its answer and what that means', async () => {
  await using place = await editorsPlace()
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  for (const [option] of ANSWERS) {
    const turn = editor.prompt(id, 'ask')
    const { answer } = await editor.question()
    answer(chosen(option))
    expect(await turn).toEqual({ stopReason: 'end_turn' })
  }
  expect(await editor.hangUp()).toEqual({ exitCode: 0, signal: null })

  const session = place.session(ID)
  expect(approvalsOf(session)).toEqual(
    ANSWERS.map(([option, { outcome }], index) => ({
      kind: 'command',
      what: 'mkfifo q1',
      cwd: '/work',
      offered: ['proceed_once', 'proceed_always', 'cancel'],
      decision: option,
      outcome,
      decidedBy: 'user',
      call: `call_${index + 1}`,
      parent: `execute_tool execute`,
    })),
  )
  expect(
    named(session, 'execute_tool').map((span) => attribute(span, 'tacho.tool.outcome')),
  ).toEqual(ANSWERS.map(([, { tool }]) => tool))
  expect(turnsOf(session)).toEqual(ANSWERS.map(() => ['end_turn', 'completed']))
  expect(session.manifest.agent).toEqual({
    name: 'acp',
    version: '4.2.0',
    title: 'scripted-agent',
  })
  const { stdout } = await run(tachoCommand, ['ls', '--agent', 'scripted-agent'], place.own)
  expect(stdout.toString()).toContain('scripted-agent 4.2.0')
  expect(session.log).not.toMatch(/WARN|ERROR +tacho/)
  await onPage(place.root, ID, async (page) => {
    const ledger = await ledgerOf(page, 'approvals')
    expect(ledger.map(([, what, outcome, by]) => [what, outcome, by])).toEqual(
      ANSWERS.map(([option, { outcome }]) => ['mkfifo q1', `${outcome} (${option})`, 'user']),
    )
    // No request of its was seen, and what is unknown is not written as 0.
    expect(await page.getByRole('region', { name: 'Time line' }).innerText()).not.toMatch(/token/)
  })
})

test('session/cancel is a cancellation, and the question that it meets is cancelled', async () => {
  await using place = await editorsPlace()
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  const turn = editor.prompt(id, 'edit')
  const { answer } = await editor.question()
  await editor.cancel(id)
  answer({ outcome: 'cancelled' })
  expect(await turn).toEqual({ stopReason: 'cancelled' })
  await editor.hangUp()

  const session = place.session(ID)
  expect(approvalsOf(session)).toMatchObject([
    {
      kind: 'file-change',
      what: 'Write a.txt',
      decision: 'cancelled',
      outcome: 'cancelled',
      call: 'call_1',
    },
  ])
  const [cancellation] = named(session, 'cancellation')
  expect(cancellation && attribute(cancellation, 'tacho.cancellation.origin')).toBe('user')
  expect(cancellation && attribute(cancellation, 'tacho.cancellation.reason')).toBe(
    'session/cancel',
  )
  expect(turnsOf(session)).toEqual([['cancelled', 'cancelled']])
  expect(
    named(session, 'execute_tool').map((span) => attribute(span, 'tacho.tool.outcome')),
  ).toEqual(['declined'])
  // The content that a tool is to write does not matter here.
  expect(session.text('session_events.log')).not.toContain('a secret text')
})

test('an answer, an error and a cancelled stream: what became of each, and bodies are byte-equal', async () => {
  const error = { status: 400, body: '{"error":{"message":"No.","code":"no_such_thing"}}' }
  const script = [{ text: 'All of it.' }, error, { text: 'Some.', holdAfter: 2 }]
  await using place = await editorsPlace(script)
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  await editor.prompt(id, 'say')
  await editor.prompt(id, 'say')
  const turn = editor.prompt(id, 'say')
  await eventually(() => expect(editor.received).toContain('Some.'))
  await editor.cancel(id)
  await turn.catch(() => {})
  await editor.hangUp()

  const session = place.session(ID)
  const chats = named(session, 'chat')
  const turns = named(session, 'invoke_agent')
  expect(chats.map(({ parentSpanId }) => parentSpanId)).toEqual(turns.map(({ spanId }) => spanId))
  expect(chats.map((span) => attribute(span, 'tacho.exchange.outcome'))).toEqual([
    'completed',
    'failed',
    'cancelled',
  ])
  expect(chats[1] && attribute(chats[1], 'error.type')).toBe('no_such_thing')
  const [cancellation] = named(session, 'cancellation')
  expect(cancellation?.links?.map(({ spanId }) => spanId)).toContain(chats[2]?.spanId)
  expect(cancellation?.events?.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['signalled', 'released']),
  )
  const index = indexRawLog(session.folder, () => undefined)
  expect(
    index.exchanges.map((exchange) => [
      Buffer.concat([...requestPieces(session.folder, index, exchange)]).toString(),
      Buffer.concat(
        [...responseChunks(session.folder, exchange)].map(({ bytes }) => bytes),
      ).toString(),
    ]),
  ).toEqual(
    place.model.exchanges.map(({ requestBody, responseBody }) => [
      requestBody.toString(),
      responseBody.toString(),
    ]),
  )
  expect(
    session
      .names()
      .map((name) => session.text(name))
      .join(),
  ).not.toContain(SCRIPTED_KEY)
})

test('an approval waited no less than its editor saw, and no longer than its agent', async () => {
  await using place = await editorsPlace()
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  const turn = editor.prompt(id, 'ask ask ask ask ask ask')
  const pauses: number[] = []
  for (let count = 0; count < 6; count += 1) {
    const { answer } = await editor.question()
    const seen = performance.now()
    await pause(50)
    pauses.push(performance.now() - seen)
    answer(chosen('proceed_once'))
  }
  await turn
  await editor.hangUp()
  const said = Buffer.concat(editor.stderr).toString()
  const waited = [...said.matchAll(/^waited ([\d.]+)$/gm)].map(([, wait]) => Number(wait))
  const waits = named(place.session(ID), 'approval').map((span) =>
    Number(attribute(span, 'tacho.approval.wait_ms')),
  )
  expect([waits.length, waited.length]).toEqual([6, 6])
  // Two processes may disagree by a few milliseconds.
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeGreaterThan((pauses[index] ?? 0) - 1)
    expect(wait).toBeLessThan((waited[index] ?? 0) + 1)
  }
})

test('a question that is open when both are killed is shown as open', async () => {
  await using place = await editorsPlace()
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  void editor.prompt(id, 'ask').catch(() => {})
  await editor.question()
  await eventually(() =>
    expect(place.session(ID).started.map(({ name }) => name)).toContain('approval command'),
  )
  editor.process.kill('SIGKILL')
  await editor.ended
  const { stdout } = await run(tachoCommand, ['approvals', 'last', '--json'], place.own)
  expect(JSON.parse(stdout.toString())).toMatchObject([
    { kind: 'command', what: 'mkfifo q1', open: expect.anything() },
  ])
})

test('sessions of one connection have a folder each, and one that is loaded goes on in its own', async () => {
  await using place = await editorsPlace([{ text: 'Hello.' }])
  await using editor = place.recorded()
  await editor.initialize()
  const [one, two] = [
    await editor.session(place.home.cwd),
    await editor.session(place.home.root),
  ] as [string, string]
  await Promise.all([editor.prompt(one, 'say tool'), editor.prompt(two, 'tool say tool')])
  await editor.hangUp()
  await using later = place.recorded()
  await later.initialize()
  await later.agent.request(methods.agent.session.load, {
    sessionId: one,
    cwd: place.home.cwd,
    mcpServers: [],
  })
  await later.prompt(one, 'tool')
  await later.hangUp()

  expect(place.sessions().map(({ id }) => id)).toEqual([one, two])
  const [first, second] = [place.session(one), place.session(two)]
  // A tool in the replayed history did not run again.
  expect(named(first, 'execute_tool')).toHaveLength(2)
  expect(named(second, 'execute_tool')).toHaveLength(2)
  expect([first, second].map(({ exchanges }) => exchanges.length)).toEqual([1, 1])
  expect(first.manifest.runs).toHaveLength(2)
  expect(second.manifest.runs).toHaveLength(1)
  // An editor starts one agent for all of its folders.
  expect([first, second].map(({ manifest }) => manifest.runs[0]?.cwd)).toEqual([
    place.home.cwd,
    place.home.root,
  ])
  expect(named(second, 'session').map((span) => attribute(span, 'tacho.cwd'))).toEqual([
    place.home.root,
  ])
})

test('an id that others may have, too, does not become the name of a folder', async () => {
  await using place = await editorsPlace()
  for (const _ of [1, 2]) {
    await using editor = place.recorded([...AGENT, 's'])
    await editor.initialize()
    expect(await editor.session(place.home.cwd)).toBe('s1')
    await editor.prompt('s1', 'tool')
    await editor.hangUp()
  }
  expect(place.sessions()).toHaveLength(2)
  for (const session of place.sessions()) expect(turnsOf(session)).toHaveLength(1)
})

test('a question that the agent takes back is withdrawn', async () => {
  await using place = await editorsPlace()
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  await editor.prompt(id, 'withdraw')
  await editor.hangUp()
  expect(approvalsOf(place.session(ID))).toMatchObject([
    { what: 'never mind', outcome: 'withdrawn', decidedBy: 'host' },
  ])
})

test('lines that are no JSON-RPC pass, and are counted', async () => {
  await using place = await editorsPlace()
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  await editor.prompt(id, 'noise tool')
  await editor.hangUp()
  expect(editor.received).toContain('Debugger attached.\n\n{"jsonrpc":"2.0"\n[1,2]\n')
  const session = place.session(ID)
  const strange = (session.lines('session_events.log') as Record<string, unknown>[]).filter(
    ({ kind }) => kind === 'not-understood',
  )
  expect(strange.at(-1)).toMatchObject({ from: 'agent', lines: 3 })
  expect(session.log).toContain('the agent sends what is not JSON-RPC: Debugger attached.')
  expect(named(session, 'execute_tool')).toHaveLength(1)
})

test('the agent gets the bytes that were sent, and its exit code and its bytes go on', async () => {
  await using place = await editorsPlace()
  const command = [
    '/bin/sh',
    '-c',
    `tee in.log | '${AGENT[0]}' '${AGENT[1]}' | tee out.log; echo late >&2; exit 9`,
  ] as const
  await using editor = place.recorded(command)
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  const text = `tool noise ${'é'.repeat(100_000)}`
  await editor.prompt(id, text)
  expect(await editor.hangUp()).toEqual({ exitCode: 9, signal: null })
  const read = (name: string) => readFileSync(join(place.home.cwd, name), 'utf8')
  expect(read('in.log')).toBe(Buffer.concat(editor.bytes.sent).toString())
  expect(read('out.log')).toBe(editor.received)
  expect(Buffer.concat(editor.stderr).toString()).toMatch(/^late$/m)
})

test('off, it speaks and ends as it does alone, and nothing is left behind', async () => {
  await using place = await editorsPlace()
  const said: string[] = []
  for (const start of [place.alone, place.off]) {
    await using editor = start()
    await editor.initialize()
    const id = await editor.session(place.home.cwd)
    await editor.prompt(id, 'tool noise')
    await editor.prompt(id, 'die').catch(() => {})
    expect(await editor.ended).toEqual({ exitCode: 7, signal: null })
    said.push(editor.received)
  }
  expect(said[1]).toBe(said[0])
  expect(existsSync(join(place.home.userHome, '.local'))).toBe(false)
})

test('an agent that dies in a turn ends the session as it ended', async () => {
  await using place = await editorsPlace()
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  await editor.prompt(id, 'tool die').catch(() => {})
  expect(await editor.ended).toEqual({ exitCode: 7, signal: null })
  const session = place.session(ID)
  expect(session.manifest.runs[0]?.ended).toMatchObject({ exitCode: 7 })
  expect(turnsOf(session)).toEqual([[undefined, undefined]])
})

test('without a program, or with an option that nobody knows, it says what is wrong', async () => {
  await using place = await editorsPlace()
  for (const [args, words] of [
    [['acp', '--persist-session'], 'Say what to run behind --'],
    [['acp', '--what', '--', 'true'], '--what is not an option'],
    [['run', '--base-url-env', 'X_URL', '--', 'true'], 'X_URL is not set to a URL'],
  ] as const) {
    const ended = await run(tachoCommand, args, place.own)
    expect(ended).toMatchObject({ exitCode: 2 })
    expect(ended.stderr.toString()).toContain(words)
  }
  writeFileSync(join(place.home.cwd, 'none'), '')
  const ended = await run(
    tachoCommand,
    ['acp', '--persist-session', '--', 'no-such-agent'],
    place.own,
  )
  expect(ended.exitCode).toBe(127)
})

function named(session: SessionOnDisk, kind: string) {
  return session.spans
    .filter(({ name }) => name === kind || name.startsWith(`${kind} `))
    .sort((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)))
}

function turnsOf(session: SessionOnDisk) {
  return named(session, 'invoke_agent').map((span) => [
    attribute(span, 'tacho.turn.status'),
    attribute(span, 'tacho.turn.outcome'),
  ])
}

function approvalsOf(session: SessionOnDisk) {
  return named(session, 'approval').map((span) => {
    const say = (name: string) => attribute(span, `tacho.approval.${name}`)
    const offered = say('offered') as { values: { stringValue: string }[] } | undefined
    return {
      kind: say('kind'),
      what: say('what'),
      cwd: say('cwd'),
      offered: offered?.values.map(({ stringValue }) => stringValue),
      decision: say('decision'),
      outcome: say('outcome'),
      decidedBy: say('decided_by'),
      call: attribute(span, 'gen_ai.tool.call.id'),
      parent: session.spans.find(({ spanId }) => spanId === span.parentSpanId)?.name,
    }
  })
}
