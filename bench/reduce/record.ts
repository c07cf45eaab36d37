import { Recording, type Session } from '@tacho/recorder'
import { Conversation, newSession, type Request } from '../conversation/conversation.js'
import { randomFrom } from '../conversation/random.js'
import { EXCHANGES, SESSION_ID } from './session.js'

/**
 * After this many exchanges a context is full and is compacted: requests grow from 40 KB to some
 * 150 KB.
 */
const COMPACTED_AFTER = 100
const TURN_EXCHANGES = 12

/** Records the session below the folder that is its only argument. */
async function record(root: string): Promise<void> {
  const random = randomFrom(1)
  const conversation = new Conversation(random, newSession(random), 1_050)
  const recording = new Recording({
    root,
    agent: { name: 'codex', version: '0.169.0' },
    command: 'app-server',
    argv: [],
    cwd: '/',
    environment: {},
    logLevel: 'info',
    taps: ['http', 'json-rpc', 'log-events'],
    provider: 'openai',
    onTrouble: (sentence) => {
      throw new Error(sentence)
    },
  })
  const session = recording.session(SESSION_ID)
  for (let number = 0; number < EXCHANGES; number += 1) {
    if (number % COMPACTED_AFTER === COMPACTED_AFTER - 1) conversation.compact()
    const turnId = `turn-${Math.floor(number / TURN_EXCHANGES)}`
    if (number % TURN_EXCHANGES === 0)
      say(session, 'server', 'turn/started', { turn: { id: turnId } })
    exchange(recording, conversation.next(), { number, turnId })
    tool(session, number, turnId)
    if (number % TURN_EXCHANGES === TURN_EXCHANGES - 1)
      say(session, 'server', 'turn/completed', { turn: { id: turnId, status: 'completed' } })
    // Observations are reduced in between, as they are beside an agent.
    if (number % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await recording.close({ exitCode: 0 })
}

type Place = { number: number; turnId: string }

/** An answer that says a few words and calls a tool, in events of the Responses API. */
function exchange(recording: Recording, { body }: Request, { number, turnId }: Place): void {
  const one = recording.exchange({
    method: 'POST',
    url: 'http://127.0.0.1:4000/v1/responses',
    headers: [['content-type', 'application/json']],
    provider: 'openai',
    conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId },
  })
  one.requestBytes(body)
  one.requestEnd()
  one.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
  const response = { id: `resp_${number}`, model: 'gpt-5.1-codex' }
  const events: Record<string, unknown>[] = [
    { type: 'response.created', response },
    ...Array.from({ length: 12 }, (_, index) => ({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      delta: `word ${index} `,
    })),
    {
      type: 'response.output_item.done',
      item: {
        type: 'function_call',
        call_id: callOf(number),
        name: 'exec_command',
        arguments: JSON.stringify({ cmd: commandOf(number) }),
      },
    },
    {
      type: 'response.completed',
      response: {
        ...response,
        status: 'completed',
        usage: { input_tokens: 9_000, output_tokens: 40 },
      },
    },
  ]
  for (const event of events)
    one.responseBytes(Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`))
  one.end({ state: 'completed' })
}

/**
 * A command that is asked for, approved and run, as the app-server and Codex's log events report
 * it.
 */
function tool(session: Session, number: number, turnId: string): void {
  const place = { threadId: SESSION_ID, turnId }
  const item = { type: 'commandExecution', id: callOf(number), command: commandOf(number) }
  say(session, 'server', 'item/started', { ...place, item: { ...item, status: 'inProgress' } })
  const question = { ...place, itemId: item.id, command: item.command }
  say(session, 'server', 'item/commandExecution/requestApproval', question, number)
  const answer = { id: number, result: { decision: 'accept' } }
  session.event({ kind: 'json-rpc', connection: 1, from: 'client', message: answer })
  session.event({
    kind: 'log-event',
    name: 'codex.tool_decision',
    attributes: {
      tool_name: 'exec_command',
      call_id: item.id,
      decision: 'approved',
      source: 'User',
      'conversation.id': SESSION_ID,
    },
  })
  const ended = { ...item, status: 'completed', exitCode: 0, durationMs: 12 }
  say(session, 'server', 'item/completed', { ...place, item: ended })
}

function say(session: Session, from: 'server', method: string, params: object, id?: number): void {
  const message = { ...(id !== undefined && { id }), method, params }
  const inThread = { threadId: SESSION_ID, ...params }
  session.event({
    kind: 'json-rpc',
    connection: 1,
    from,
    message: { ...message, params: inThread },
  })
}

function callOf(number: number): string {
  return `call_${number}`
}

function commandOf(number: number): string {
  return `/bin/bash -lc 'npx vitest run test/${number}.test.ts'`
}

await record(String(process.argv[2]))
