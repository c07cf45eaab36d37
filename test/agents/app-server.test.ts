import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eventually, type Running } from '../host/index.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { AppServerClient, type Message } from './app-server-client.js'
import { attribute, type SessionOnDisk } from './session-on-disk.js'
import { type Workplace, workplace } from './workplace.js'

const ASKS: Script = [{ calls: [execCommand('echo hi')] }, { text: 'Done.' }]
const APP_SERVER = ['codex', 'app-server', '--persist-session']
const COMMAND = "/bin/bash -lc 'echo hi'"

type Decided = { decision: string; rule?: string; tool: string; turn: string; stops?: boolean }

const DECISIONS: [decision: unknown, expected: Decided][] = [
  ['accept', { decision: 'accept', tool: 'completed', turn: 'completed' }],
  ['acceptForSession', { decision: 'acceptForSession', tool: 'completed', turn: 'completed' }],
  [
    { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['echo', 'hi'] } },
    {
      decision: 'acceptWithExecpolicyAmendment',
      rule: '["echo","hi"]',
      tool: 'completed',
      turn: 'completed',
    },
  ],
  ['decline', { decision: 'decline', tool: 'declined', turn: 'completed' }],
  ['cancel', { decision: 'cancel', tool: 'declined', turn: 'interrupted', stops: true }],
]

for (const [decision, expected] of DECISIONS) {
  test(`an approval answered with ${JSON.stringify(decision)} is recorded with its decision`, async () => {
    await using place = await workplace(ASKS)
    await using server = place.startTacho(APP_SERVER)
    const client = new AppServerClient(server)
    await client.startTurn(place.home.cwd)
    const { id } = await client.commandQuestion()
    client.say({ id: id ?? -1, result: { decision } })
    await client.told('turn/completed')
    await client.hangUp()

    const session = place.session()
    expect(namesOf(session)).toEqual([
      ...['approval command', ...(expected.stops ? ['cancellation'] : [])],
      ...(expected.turn === 'completed' ? ['chat gpt-5.5', 'chat gpt-5.5'] : ['chat gpt-5.5']),
      ...['execute_tool exec_command', 'invoke_agent codex', 'session'],
    ])
    expect(of(session, 'approval command')).toMatchObject({
      'tacho.approval.kind': 'command',
      'tacho.approval.what': COMMAND,
      'tacho.approval.cwd': place.home.cwd,
      'tacho.approval.decision': expected.decision,
      'tacho.approval.decided_by': 'user',
      ...(expected.rule !== undefined && { 'tacho.approval.rule': expected.rule }),
      'session.id': session.id,
      'gen_ai.conversation.id': session.id,
    })
    expect(of(session, 'execute_tool')['tacho.tool.status']).toBe(expected.tool)
    expect(of(session, 'invoke_agent')['tacho.turn.status']).toBe(expected.turn)
    expect(spanOf(session, 'approval').parentSpanId).toBe(spanOf(session, 'execute_tool').spanId)
    expect(spanOf(session, 'execute_tool').parentSpanId).toBe(
      spanOf(session, 'invoke_agent').spanId,
    )
    if (expected.stops) {
      expect(of(session, 'cancellation')).toMatchObject({
        'tacho.cancellation.origin': 'approval',
        'tacho.cancellation.reason': 'cancel',
      })
      expect(linksOf(session)).toEqual(['execute_tool exec_command', 'invoke_agent codex'])
    }
    expect(session.rollouts).toHaveLength(1)
    expect(session.log).not.toMatch(/WARN|ERROR +tacho/)
  })
}

test('a question is on disk while it is open, with what was asked', async () => {
  await using place = await workplace(ASKS)
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  const { params } = await client.commandQuestion()

  const question = await openQuestion(place)
  expect(attribute(question, 'tacho.approval.what')).toBe(COMMAND)
  expect(attribute(question, 'tacho.approval.offered')).toEqual({
    values: (params.availableDecisions as unknown[]).map((one) => ({
      stringValue: typeof one === 'string' ? one : 'acceptWithExecpolicyAmendment',
    })),
  })
  expect(place.session().spans.map(({ name }) => name)).not.toContain('approval command')
})

test('the wait of an approval is the pause that the user made', async () => {
  const calls = Array.from({ length: 8 }, (_, index) => execCommand(`echo ${index}`))
  await using place = await workplace([...calls.map((call) => ({ calls: [call] })), { text: 'Ok' }])
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  const pauses: number[] = []
  for (const index of calls.keys()) {
    const { id } = await client.commandQuestion(index + 1)
    const seen = performance.now()
    await pause(50)
    pauses.push(performance.now() - seen)
    client.say({ id: id ?? -1, result: { decision: 'accept' } })
  }
  await client.told('turn/completed')
  await client.hangUp()

  const waits = place
    .session()
    .spans.filter(({ name }) => name === 'approval command')
    .map((span) => Number(attribute(span, 'tacho.approval.wait_ms')))
  expect(waits).toHaveLength(calls.length)
  const beyond = waits.map((wait, index) => wait - (pauses[index] ?? 0))
  // We see the question after it was asked, and send the answer before it is received. How long
  // before and after depends on the system: a busy one is sometimes late, but not every time.
  expect(Math.min(...beyond)).toBeGreaterThanOrEqual(0)
  expect(Math.min(...beyond)).toBeLessThan(20)
})

test('an approval of a file change names the files', async () => {
  const patch = '*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch\n'
  await using place = await workplace([
    { calls: [execCommand(`apply_patch <<'EOF'\n${patch}EOF\n`)] },
    { text: 'Done.' },
  ])
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  const { id } = await client.told('item/fileChange/requestApproval')
  client.say({ id: id ?? -1, result: { decision: 'accept' } })
  await client.told('turn/completed')
  await client.hangUp()

  const path = `${place.home.cwd}/new.txt`
  expect(of(place.session(), 'approval file-change')).toMatchObject({
    'tacho.approval.what': path,
    'tacho.approval.files': { values: [{ stringValue: path }] },
    'tacho.approval.decision': 'accept',
  })
  expect(of(place.session(), 'execute_tool exec_command')['tacho.tool.status']).toBe('completed')
})

test('an interrupt while the answer streams is a cancellation with its four moments', async () => {
  await using place = await workplace([{ text: 'abcdefgh', deltas: 4, holdAfter: 5 }])
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  const turn = await client.startTurn(place.home.cwd)
  await server.stdout.containing('"delta":"cd"')
  await client.ask('turn/interrupt', turn)
  await client.told('turn/completed')
  const { responseBody } = await place.model.clientGone(1)
  await client.hangUp()

  const session = place.session()
  expect(namesOf(session)).toEqual([
    ...['cancellation', 'chat gpt-5.5', 'invoke_agent codex', 'session'],
  ])
  expect(of(session, 'cancellation')).toMatchObject({
    'tacho.cancellation.origin': 'user',
    'tacho.cancellation.reason': 'turn/interrupt',
    'tacho.cancellation.bytes': responseBody.length,
    'tacho.cancellation.text_length': 4,
    'tacho.turn.id': turn.turnId,
  })
  const events = spanOf(session, 'cancellation').events ?? []
  expect(events.map(({ name }) => name).sort()).toEqual(['last_byte', 'released', 'signalled'])
  const at = (name: string) => events.find((event) => event.name === name)?.timeUnixNano ?? '0'
  const requested = BigInt(spanOf(session, 'cancellation').startTimeUnixNano)
  expect(BigInt(at('signalled'))).toBeGreaterThanOrEqual(requested)
  expect(BigInt(at('released'))).toBeGreaterThanOrEqual(BigInt(at('signalled')))
  expect(linksOf(session)).toEqual(['chat gpt-5.5', 'invoke_agent codex'])
  expect(of(session, 'invoke_agent')['tacho.turn.status']).toBe('interrupted')
})

test('an interrupt while a question is open withdraws it', async () => {
  await using place = await workplace(ASKS)
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  const turn = await client.startTurn(place.home.cwd)
  const { id } = await client.commandQuestion()
  client.say({ id: 'twice', method: 'turn/interrupt', params: turn })
  await client.ask('turn/interrupt', turn).catch(() => {})
  await client.told('serverRequest/resolved')
  client.say({ id: id ?? -1, result: { decision: 'accept' } })
  await client.hangUp()

  const session = place.session()
  expect(namesOf(session)).toEqual([
    ...['approval command', 'cancellation', 'chat gpt-5.5'],
    ...['execute_tool exec_command', 'invoke_agent codex', 'session'],
  ])
  expect(of(session, 'approval')).toMatchObject({
    'tacho.approval.decision': 'withdrawn',
    'tacho.approval.decided_by': 'host',
  })
  expect(of(session, 'execute_tool')['tacho.tool.status']).toBe('interrupted')
  expect(linksOf(session)).toEqual(['execute_tool exec_command', 'invoke_agent codex'])
  expect(session.log).toContain(
    'answered the request 0 (item/commandExecution/requestApproval) too late',
  )
})

test('a client that disappears while it is asked leaves the question open', async () => {
  await using place = await workplace(ASKS)
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  await client.commandQuestion()
  await client.hangUp()

  const session = place.session()
  expect(session.started.map(({ name }) => name)).toContain('approval command')
  expect(of(session, 'approval')).toMatchObject({ 'tacho.approval.open': true })
  expect(of(session, 'approval')).not.toHaveProperty('tacho.approval.decision')
  expect(of(session, 'cancellation')).toMatchObject({
    'tacho.cancellation.origin': 'host',
    'tacho.cancellation.reason': 'the client hung up',
  })
  expect(linksOf(session)).toContain('invoke_agent codex')
})

test('kill -9 while a question is open leaves its start on disk, and no answer', async () => {
  await using place = await workplace(ASKS)
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  await client.commandQuestion()
  const question = await openQuestion(place)
  server.kill('SIGKILL')
  await server.ended

  const session = place.session()
  expect(session.started).toContainEqual(question)
  expect(attribute(question, 'tacho.approval.what')).toBe(COMMAND)
  expect(session.spans.map(({ name }) => name)).not.toContain('approval command')
  expect(session.manifest.runs.at(-1)).not.toHaveProperty('ended')
  const { stdout } = await place.tacho(['approvals', 'last'])
  expect(stdout.toString()).toContain('open when the session died')
})

test('what is asked about at kill -9 has not begun; what runs beside it has', async () => {
  const runs = { calls: [execCommand('ls; sleep 600'), execCommand('echo hi')] }
  await using place = await workplace([runs])
  await using server = place.startTacho(APP_SERVER)
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  // Which of them is asked first is a matter of chance.
  const questions = [await client.commandQuestion(), await client.commandQuestion(2)]
  const first = questions.find(({ params }) => String(params.command).includes('sleep'))
  client.say({ id: first?.id ?? -1, result: { decision: 'accept' } })
  await eventually(() => expect(answers(place)).toEqual(['accept']))
  server.kill('SIGKILL')
  await server.ended

  const { stdout } = await place.tacho(['explain', 'last', '--json'])
  const inFlight: { kind: string; what: string; spanId: string; waitsFor?: string }[] = JSON.parse(
    stdout.toString(),
  ).inFlight
  const asked = inFlight.filter(({ kind }) => kind === 'approval').map(({ spanId }) => spanId)
  expect(asked).toHaveLength(1)
  const waits = inFlight
    .filter(({ kind }) => kind === 'tool')
    .map(({ what, waitsFor }) => [/ls; sleep|echo hi/.exec(what)?.[0], waitsFor])
  expect(new Map(waits as [string, string | undefined][])).toEqual(
    new Map([
      ['ls; sleep', undefined],
      ['echo hi', asked[0]],
    ]),
  )
  const { stdout: text } = await place.tacho(['explain', 'last'])
  expect(text.toString()).toMatch(/^ {2}tool waiting for an answer, \S+: .*echo hi/m)
  const { stdout: shown } = await place.tacho(['show', 'last'])
  expect(shown.toString()).toMatch(/tool .*echo hi.*: waiting for an answer when it died/)
  expect(shown.toString()).toMatch(/tool .*ls; sleep.*: in flight when it died/)
})

function answers(place: Workplace): unknown[] {
  return place
    .session()
    .spans.filter(({ name }) => name === 'approval command')
    .map((span) => attribute(span, 'tacho.approval.decision'))
}

test('the client hears the same as without us, and the exit code is the same', async () => {
  await using place = await workplace(ASKS)
  await using tapped = place.startTacho(APP_SERVER)
  const withUs = await transcriptOf(tapped, place)
  await using other = await workplace(ASKS)
  await using alone = other.startTacho(['codex', 'app-server'])
  expect(withUs).toEqual(await transcriptOf(alone, other))
  expect(withUs.messages.length).toBeGreaterThan(15)
  expect(other.home.codexHome).not.toBe(place.home.codexHome)
})

test('elsewhere than on stdio only the requests to the model are recorded, and the log says so', async () => {
  await using place = await workplace(ASKS)
  await using server = place.startTacho([...APP_SERVER, '--listen', 'ws://127.0.0.1:0'])
  await eventually(() => expect(place.session().log).toContain('listens on ws://127.0.0.1:0'))
  server.kill()
  await server.ended
})

/** A whole turn with a question: what the client heard, without what differs between two runs. */
async function transcriptOf(server: Running, { home }: Workplace) {
  const client = new AppServerClient(server)
  await client.startTurn(home.cwd)
  const { id } = await client.commandQuestion()
  client.say({ id: id ?? -1, result: { decision: 'accept' } })
  await client.told('turn/completed')
  // Whether a short output comes before the command's end or with it differs between runs.
  const messages = client.messages
    .filter(({ method }) => method !== 'item/commandExecution/outputDelta')
    .map((message) => alike(message, home.root))
    .sort()
  server.stdin.end()
  const { exitCode, signal } = await server.ended
  return { messages, exitCode, signal }
}

function alike(message: Message, root: string): string {
  return JSON.stringify(message)
    .replaceAll(root, 'ROOT')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/"(\w*(?:At|Ms|createdAt))":\d+/g, '"$1":"TIME"')
    .replaceAll(/"processId":"\d+"/g, '"processId":"PID"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d-]+/g, 'TIME')
}

/** Codex's question, as soon as it is on disk, which is moments after it passed. */
async function openQuestion(place: Workplace) {
  return await eventually(() => {
    const question = place.session().started.find(({ name }) => name === 'approval command')
    return question ?? expect.unreachable('no question is on the disk')
  })
}

/** The names of all ended spans except those of HTTP requests, sorted. */
function namesOf(session: SessionOnDisk): string[] {
  return session.spans
    .map(({ name }) => name)
    .filter((name) => name !== 'POST' && name !== 'GET')
    .sort()
}

function spanOf(session: SessionOnDisk, name: string) {
  const span = session.spans.find((one) => one.name.startsWith(name))
  if (span === undefined) throw new Error(`There is no span ${name}.`)
  return span
}

/** The attributes of the span whose name starts with this. */
function of(session: SessionOnDisk, name: string): Record<string, unknown> {
  const { attributes } = spanOf(session, name)
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

/** The names of what the cancellation stopped, sorted. */
function linksOf(session: SessionOnDisk): string[] {
  const links = spanOf(session, 'cancellation').links ?? []
  return links
    .map(({ spanId }) => session.spans.find((span) => span.spanId === spanId)?.name ?? '?')
    .sort()
}
