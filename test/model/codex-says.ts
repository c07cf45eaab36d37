import type { SeenEvent } from '@tacho/format'
import type { Seen, What } from './reduced.js'

/** Where something happens, by Codex's own ids. */
export type Place = { threadId: string; turnId: string }

export const ONE: Place = { threadId: 'main', turnId: 'one' }
export const TWO: Place = { threadId: 'main', turnId: 'two' }

type Params = Record<string, unknown>

/** A message from the app-server. */
export function serverSays(message: Params, connection = 1): SeenEvent {
  return { kind: 'json-rpc', connection, from: 'server', message }
}

/** A message from its client. */
export function clientSays(message: Params, connection = 1): SeenEvent {
  return { kind: 'json-rpc', connection, from: 'client', message }
}

export function turnStarted({ threadId, turnId }: Place = ONE): SeenEvent {
  const turn = { id: turnId, status: 'inProgress' }
  return serverSays({ method: 'turn/started', params: { threadId, turn } })
}

export function turnCompleted(status = 'completed', { threadId, turnId }: Place = ONE): SeenEvent {
  const turn = { id: turnId, status }
  return serverSays({ method: 'turn/completed', params: { threadId, turn } })
}

export function interrupt(place: Place = ONE): SeenEvent {
  return clientSays({ id: 'i', method: 'turn/interrupt', params: place })
}

/** An item; by default a command. */
export function itemStarted(id: string, item: Params = {}, place: Place = ONE): SeenEvent {
  return anItem('item/started', { id, ...item }, place)
}

export function itemCompleted(id: string, item: Params = {}, place: Place = ONE): SeenEvent {
  return anItem('item/completed', { id, status: 'completed', ...item }, place)
}

function anItem(method: string, item: Params, place: Place): SeenEvent {
  return serverSays({ method, params: { ...place, item: { type: 'commandExecution', ...item } } })
}

const QUESTIONS = {
  command: 'item/commandExecution/requestApproval',
  'file-change': 'item/fileChange/requestApproval',
  permissions: 'item/permissions/requestApproval',
  'mcp-elicitation': 'mcpServer/elicitation/request',
  'user-input': 'item/tool/requestUserInput',
}

/** A question from the app-server to its client. */
export function asks(
  id: string | number,
  { kind = 'command', place = ONE, ...params }: Asked = {},
  connection = 1,
): SeenEvent {
  const message = { id, method: QUESTIONS[kind], params: { ...place, ...params } }
  return serverSays(message, connection)
}

type Asked = { kind?: keyof typeof QUESTIONS; place?: Place; [param: string]: unknown }

export function answers(id: string | number, result: Params, connection = 1): SeenEvent {
  return clientSays({ id, result }, connection)
}

/** The app-server says that the question is no longer open. */
export function resolved(requestId: string | number, connection = 1): SeenEvent {
  const params = { threadId: ONE.threadId, requestId }
  return serverSays({ method: 'serverRequest/resolved', params }, connection)
}

/** A log event of Codex, with its time in milliseconds since the run began. */
export function logEvent(
  name: string,
  { happenedAt, ...attributes }: Params & { happenedAt?: number },
): SeenEvent {
  return {
    kind: 'log-event',
    name: `codex.${name}`,
    ...(happenedAt !== undefined && { happenedAt: happenedAt * 1000 }),
    attributes: { 'conversation.id': ONE.threadId, ...attributes },
  }
}

export function decided(
  callId: string,
  decision: string,
  source: string,
  more: Params & { happenedAt?: number } = {},
): SeenEvent {
  const call = { call_id: callId, tool_name: 'exec_command', decision, source }
  return logEvent('tool_decision', { ...call, ...more })
}

/** The result of a call, and what the model was told about it. */
export function result(
  callId: string,
  output: string,
  more: Params & { happenedAt?: number } = {},
): SeenEvent {
  const call = { call_id: callId, tool_name: 'exec_command', success: 'true', duration_ms: '5' }
  return logEvent('tool_result', { ...call, output, ...more })
}

/** What a hook received, with its time in milliseconds since the run began. */
export function hook(
  event: string,
  { happenedAt, ...message }: Params & { happenedAt?: number } = {},
): SeenEvent {
  return {
    kind: 'hook',
    ...(happenedAt !== undefined && { happenedAt: happenedAt * 1000 }),
    message: { hook_event_name: event, session_id: ONE.threadId, turn_id: ONE.turnId, ...message },
  }
}

/** A tool call as hooks receive it; a question before a call does not contain its id. */
export function hookTool(name: string, input: Params, callId?: string): Params {
  return { tool_name: name, tool_input: input, ...(callId && { tool_use_id: callId }) }
}

/** A request to the model is in flight. */
export function exchangeStarted(
  exchange: string,
  { threadSource, ...conversation }: Partial<Place> & { threadSource?: string } = ONE,
): What {
  return {
    kind: 'exchange-started',
    exchange,
    conversation,
    ...(threadSource !== undefined && { threadSource }),
    chat: { name: `chat ${exchange}`, attributes: {} },
  }
}

export function exchangeEnded(exchange: string, more: object = {}, place: Place = ONE): What {
  const chat = { attributes: { 'tacho.exchange.outcome': 'completed' } }
  return { kind: 'exchange-ended', exchange, conversation: place, chat, ...more }
}

/** The agent hung up a millisecond ago, half a millisecond after the last byte. */
export function cutOff(exchange: string, at: number, arrived: object = {}, place = ONE): Seen {
  const stopped = {
    signalledAt: (at - 1) * 1000,
    lastByteAt: (at - 2) * 1000,
    releasedAt: at * 1000,
    bytes: 100,
    events: 2,
    textLength: 10,
    outputTokens: undefined,
    isDroppedError: false,
    otherwise: { origin: 'host', reason: 'the agent hung up' },
    ...arrived,
  }
  return [at, exchangeEnded(exchange, { stopped }, place)]
}

/** A call in the model's answer. */
export function calls(
  callId: string,
  name: string,
  input: string | Params,
  more: { namespace?: string; isHosted?: boolean } = {},
): What {
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  const call = { exchange: 'e1', conversation: ONE, callId, name, input: text }
  return { kind: 'tool-called', ...call, ...more }
}

/** A tool that the API runs itself has finished. */
export function hostedDone(callId: string, more: { status?: string; input?: string } = {}): What {
  const call = { exchange: 'e1', conversation: ONE, callId }
  return { kind: 'hosted-tool-ended', ...call, status: 'completed', ...more }
}

export const TIME: What = { kind: 'time' }

/** The agent has ended. */
export const RUN_ENDED: What = { kind: 'run-ended', exitCode: 0 }
