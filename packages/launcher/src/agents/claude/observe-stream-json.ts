import { record, text } from '@tacho/model'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { JsonRpcObserver } from '../../taps/json-rpc/observer.js'
import { shortened } from './short-values.js'

/**
 * Watches the lines between Claude Code and its client (`--input-format stream-json`, 2.1.332) and
 * records questions and their answers, requests to cancel, and the ends of turns. Never throws; of
 * an irrelevant line only the first bytes are read.
 */
export function observeStreamJson(recording: Recording): JsonRpcObserver {
  const barrier = new FaultBarrier((part, cause) =>
    recording.log('error', 'tacho', `${part}: ${String(cause)}`),
  )
  const see = (from: 'client' | 'agent', line: Uint8Array) =>
    barrier.do('the stream-json tap', () => {
      const message = seenIn(line)
      if (message === undefined) return
      recording.latest.event({
        kind: 'stream-json',
        from,
        message: shortened(message, recording.scrubber),
      })
    })
  return {
    fromClient(line) {
      see('client', line)
      return line
    },
    fromServer: (line) => see('agent', line),
    clientGone: () => {},
    serverGone: () => {},
  }
}

const HEAD_BYTES = 256
const SEEN = ['"control_', '"type":"result"', '"type": "result"']

/** Returns what to record of a line, or undefined if it says nothing of this kind. */
function seenIn(line: Uint8Array): Record<string, unknown> | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  const head = bytes.toString('latin1', 0, HEAD_BYTES)
  // Writers that put the type last write short messages.
  const known = bytes.length <= 2 * HEAD_BYTES ? bytes.toString('latin1') : head
  if (!SEEN.some((one) => known.includes(one))) return undefined
  return keptOf(objectOf(bytes.toString()))
}

function keptOf(message: Record<string, unknown>): Record<string, unknown> | undefined {
  const { type, request_id, request, response } = message
  switch (type) {
    case 'control_request': {
      const { subtype, tool_name, tool_use_id, input, agent_id } = record(request)
      if (subtype === 'elicitation') {
        const { mcp_server_name, message: words, url } = record(request)
        const question = { subtype, mcp_server_name, message: words, url }
        return { type, request_id, request: question }
      }
      if (subtype !== 'can_use_tool' && subtype !== 'interrupt') return undefined
      return { type, request_id, request: { subtype, tool_name, tool_use_id, input, agent_id } }
    }
    case 'control_response': {
      const { subtype, request_id: id, response: answer, error } = record(response)
      const { behavior, message: words, interrupt, updatedPermissions, action } = record(answer)
      const kept = { behavior, message: words, interrupt, updatedPermissions, action }
      return { type, response: { subtype, request_id: id, error, response: kept } }
    }
    case 'control_cancel_request':
      return { type, request_id }
    case 'result':
      return { type, subtype: text(message.subtype), session_id: text(message.session_id) }
    default:
      return undefined
  }
}

function objectOf(json: string): Record<string, unknown> {
  try {
    return record(JSON.parse(json))
  } catch {
    return {}
  }
}
