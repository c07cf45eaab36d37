import { expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import { attribute, type SessionOnDisk } from '../session-on-disk.js'
import { editorsPlace } from './place.js'
import { TwoEnds } from './two-ends.js'

const ID = 'sess_0123456789abcdef_1'

const prompt = (id: unknown) => ({
  id,
  method: 'session/prompt',
  params: { sessionId: ID, prompt: [{ type: 'text', text: 'Do it' }] },
})
const ask = (id: unknown, command: unknown = 'mkfifo q1') => ({
  id,
  method: 'session/request_permission',
  params: {
    sessionId: ID,
    toolCall: { toolCallId: 'c1', title: 'run', kind: 'execute', rawInput: { command } },
    options: [
      { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
      { optionId: 'no', name: 'No', kind: 'reject_once' },
    ],
  },
})
const yes = (id: unknown) => ({ id, result: { outcome: { outcome: 'selected', optionId: 'yes' } } })
const done = (id: unknown) => ({ id, result: { stopReason: 'end_turn' } })

/** Lines that are not messages, or that make no sense. */
const NONSENSE: Record<string, string | Uint8Array> = {
  'an empty line': '\n\r\n \t\n',
  'no JSON': 'Debugger attached.\n',
  'half a message': '{"jsonrpc":"2.0","id":\n',
  'a list of messages': `[${JSON.stringify(ask(7))},${JSON.stringify(yes(7))}]\n`,
  'a number, a text, null': '42\n"session/cancel"\nnull\n',
  'bytes that are no text': Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]),
  zeros: Buffer.concat([Buffer.alloc(5000), Buffer.from('\n')]),
  'a message with a zero in it': '{"jsonrpc":"2.0","id":3,\u0000"method":"session/cancel"}\n',
  'a mark of byte order': '\ufeff{"jsonrpc":"2.0","method":"session/update"}\n',
  'a method that nobody knows':
    '{"jsonrpc":"2.0","id":0,"method":"_x/y","params":[1,{"sessionId":9}]}\n',
  'a method that is not text': '{"jsonrpc":"2.0","id":0,"method":{"a":1}}\n',
  'parameters that are none': [
    '{"method":"session/update","params":7}',
    '{"method":"session/update","params":{"update":[]}}',
    '{"id":"a","method":"session/request_permission","params":null}',
    '{"id":"b","method":"session/request_permission","params":{"toolCall":5,"options":[null,1,[]]}}',
    '{"method":"session/cancel"}',
    '{"id":"c","method":"session/prompt","params":{"sessionId":{"a":[]}}}',
    '{"method":"$/cancel_request","params":{"requestId":{"x":1}}}',
    '{"id":"d","method":"elicitation/create","params":[[[]]]}\n',
  ].join('\n'),
  'answers to nothing':
    '{"id":99,"result":{}}\n{"id":null,"error":{"code":-1}}\n{"id":1.5,"result":[]}\n',
  'an answer with a result and an error': '{"id":"nobody","result":{"outcome":3},"error":"no"}\n',
  'the same member twice': '{"id":98,"id":97,"method":"_a","method":"_b"}\n',
  'brackets without end': `${'['.repeat(100_000)}\n`,
  'names of every object':
    '{"__proto__":{"method":"session/cancel"},"constructor":1,"id":96,"result":{"__proto__":1}}\n',
  'a line of 9 MB': `{"jsonrpc":"2.0","method":"session/update","params":{"x":"${'é'.repeat(4_500_000)}"}}\n`,
}

test('whatever a peer says passes as it is, and what makes sense is recorded', async () => {
  await using place = await editorsPlace()
  await using ends = await TwoEnds.open(place)
  await ends.say('client', { id: 0, method: 'initialize', params: {} })
  await ends.say('agent', { id: 0, result: { agentInfo: { name: 'odd', version: '1' } } })
  await ends.say('client', { id: 1, method: 'session/new', params: { cwd: place.home.cwd } })
  await ends.say('agent', { id: 1, result: { sessionId: ID } })
  for (const lines of Object.values(NONSENSE)) {
    await ends.say('client', lines)
    await ends.say('agent', lines)
  }

  // Ids of every type, and the same one in both directions; a line may end in two bytes.
  const ids = [0, 'text', -1, 1.5, 9007199254740991, '', '0']
  for (const id of ids) {
    await ends.say('client', prompt(id))
    await ends.say('agent', ask(id))
    await ends.say('client', `${JSON.stringify({ jsonrpc: '2.0', ...yes(id) })}\r\n`)
    await ends.say('agent', done(id))
  }
  // The same id twice: an answer counts for the later question, and a second answer for none.
  await ends.say('client', prompt('twice'))
  await ends.say('agent', ask('twice'))
  await ends.say('agent', ask('twice', 'mkfifo q2'))
  await ends.say('client', yes('twice'))
  await ends.say('client', { id: 'twice', result: { outcome: { outcome: 'cancelled' } } })
  await ends.say('agent', done('twice'))
  // The last line has no end.
  await ends.say('agent', JSON.stringify({ method: 'session/update' }))
  expect(await ends.hangUp()).toBe(5)

  expect(ends.heard.agent.equals(ends.said.client)).toBe(true)
  expect(ends.heard.client.equals(ends.said.agent)).toBe(true)
  const session = place.sessions().find(({ id }) => id === ID) as SessionOnDisk
  expect(outcomes(session)).toEqual([
    ...ids.map(() => ['mkfifo q1', 'allowed', 'yes']),
    ['mkfifo q1', 'unanswered', undefined],
    ['mkfifo q2', 'allowed', 'yes'],
  ])
  expect(session.log).not.toMatch(/ERROR +tacho/)
  const turns = session.spans.filter(({ name }) => name.startsWith('invoke_agent'))
  expect(turns.filter((span) => attribute(span, 'tacho.turn.status') === 'end_turn')).toHaveLength(
    8,
  )
})

function outcomes(session: SessionOnDisk) {
  const approvals = session.spans
    .filter(({ name }) => name === 'approval command')
    .sort((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)))
  return approvals.map((span) =>
    ['what', 'outcome', 'decision'].map((name) => attribute(span, `tacho.approval.${name}`)),
  )
}

test('questions of one id after each other are each answered, and one that is open at a kill stays open', async () => {
  await using place = await editorsPlace()
  await using ends = await TwoEnds.open(place)
  await ends.say('client', { id: 0, method: 'session/new', params: { cwd: place.home.cwd } })
  await ends.say('agent', { id: 0, result: { sessionId: ID } })
  await ends.say('client', prompt(1))
  for (const command of ['mkfifo q1', 'mkfifo q2']) {
    await ends.say('agent', ask(0, command))
    await ends.say('client', yes(0))
  }
  // Killed in the middle of a question, after half a line of it.
  await ends.say('agent', ask(0, 'mkfifo q3'))
  await ends.say('agent', '{"jsonrpc":"2.0","id":1,"method":"session/request_perm')
  await eventually(() =>
    expect(
      place.session(ID).started.filter(({ name }) => name === 'approval command'),
    ).toHaveLength(3),
  )
  ends.kill()
  await ends.ended
  const session = place.session(ID)
  expect(outcomes(session).map(([what]) => what)).toEqual(['mkfifo q1', 'mkfifo q2'])
})
