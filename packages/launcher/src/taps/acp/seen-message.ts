import { pick } from '../json-rpc/json-members.js'

/** What is recorded of a message: the members that say what happens, none that hold contents. */
export type SeenMessage = Record<string, unknown>

/** Reads a client's request that begins or continues a session, or sends a prompt. */
export function seenRequest(id: unknown, method: string, line: Uint8Array): SeenMessage {
  return { id, method, params: pick(line, ['params'], ['sessionId', 'cwd', 'messageId']) }
}

/** Reads the agent's answer to it. */
export function seenResult(id: unknown, line: Uint8Array): SeenMessage {
  return seenError(id, line) ?? { id, result: pick(line, ['result'], ['sessionId', 'stopReason']) }
}

/** Reads a client's `session/cancel`, or either side's `$/cancel_request`. */
export function seenCancel(method: string, line: Uint8Array): SeenMessage {
  return { method, params: pick(line, ['params'], ['sessionId', 'requestId']) }
}

/**
 * Reads a `session/update` about a tool; undefined if it is about something else, or contains only
 * a tool's output.
 */
export function seenToolUpdate(method: string, line: Uint8Array): SeenMessage | undefined {
  const { sessionUpdate } = pick(line, ['params', 'update'], ['sessionUpdate'])
  if (sessionUpdate !== 'tool_call' && sessionUpdate !== 'tool_call_update') return undefined
  const call = seenCall(line, ['params', 'update'])
  const { toolCallId, ...told } = call
  if (sessionUpdate === 'tool_call_update' && Object.keys(told).length === 0) return undefined
  const params = {
    ...pick(line, ['params'], ['sessionId']),
    update: { sessionUpdate, toolCallId, ...told },
  }
  return { method, params }
}

/** Reads a `session/request_permission`. */
export function seenPermission(id: unknown, method: string, line: Uint8Array): SeenMessage {
  const { options, ...params } = pick(line, ['params'], ['sessionId', 'options'])
  const offered = Array.isArray(options) ? options.map(seenOption) : options
  return {
    id,
    method,
    params: { ...params, toolCall: seenCall(line, ['params', 'toolCall']), options: offered },
  }
}

/** Reads an `elicitation/create`: the question, without the form. */
export function seenElicitation(id: unknown, method: string, line: Uint8Array): SeenMessage {
  return { id, method, params: pick(line, ['params'], ELICITATION) }
}

/** Reads the client's answer to a question, without what the user filled in. */
export function seenAnswer(id: unknown, line: Uint8Array): SeenMessage {
  return seenError(id, line) ?? { id, result: pick(line, ['result'], ['outcome', 'action']) }
}

function seenError(id: unknown, line: Uint8Array): SeenMessage | undefined {
  const { error } = pick(line, [], ['error'])
  return error === undefined ? undefined : { id, error: pick(line, ['error'], ['code', 'message']) }
}

const ELICITATION = ['sessionId', 'toolCallId', 'requestId', 'mode', 'message', 'url']

const CALL = ['toolCallId', 'title', 'name', 'kind', 'status']

// Never a tool's input or output, except the members that name what it does.
const INPUT = [
  ...['command', 'cwd', 'workdir', 'query', 'pattern', 'path', 'file_path', 'filePath'],
]

function seenCall(line: Uint8Array, path: readonly string[]): Record<string, unknown> {
  const { locations, ...call } = pick(line, path, [...CALL, 'locations'])
  const input = pick(line, [...path, 'rawInput'], INPUT)
  return {
    ...call,
    ...(Array.isArray(locations) && locations.length > 0 && { locations: pathsIn(locations) }),
    ...(Object.keys(input).length > 0 && { rawInput: input }),
  }
}

function pathsIn(locations: readonly unknown[]): { path: unknown }[] {
  return locations.map((location) => ({ path: (location as { path?: unknown } | null)?.path }))
}

function seenOption(option: unknown): Record<string, unknown> {
  const { optionId, name, kind } = (option ?? {}) as Record<string, unknown>
  return { optionId, name, kind }
}
