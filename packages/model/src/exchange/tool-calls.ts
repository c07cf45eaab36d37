import { type Json, objectsAt } from '../model-api/json.js'
import type { HostedToolEnded, ToolCalled } from '../observation.js'

/** What an event says about a tool, without the exchange that it belongs to. */
export type ToolWord =
  | Omit<ToolCalled, 'exchange' | 'conversation'>
  | Omit<HostedToolEnded, 'exchange' | 'conversation'>

/** Returns what the items of a complete answer of the Responses API say about tools. */
export function toolWordsOfOutput(body: Json): ToolWord[] {
  return objectsAt(body, 'output').flatMap((item) => doneWord(item) ?? [])
}

/**
 * Returns the tool that an event of the Responses API calls, or that the API runs itself. Most
 * events have none.
 */
export function toolWordOf(event: Json): ToolWord | undefined {
  const { type, item } = event
  if (typeof item !== 'object' || item === null) return undefined
  if (type === 'response.output_item.done') return doneWord(item as Json)
  return type === 'response.output_item.added' ? hostedCall(item as Json) : undefined
}

function doneWord(item: Json): ToolWord | undefined {
  const callId = text(item.call_id)
  const namespace = text(item.namespace)
  switch (item.type) {
    case 'function_call':
    case 'custom_tool_call': {
      const [name, input] = [text(item.name), text(item.arguments) ?? text(item.input) ?? '']
      if (name === undefined || callId === undefined) return undefined
      const call = { kind: 'tool-called', callId, name, input } as const
      return namespace === undefined ? call : { ...call, namespace }
    }
    case 'local_shell_call': {
      if (callId === undefined) return undefined
      const input = JSON.stringify(item.action ?? {})
      return { kind: 'tool-called', callId, name: 'local_shell', input }
    }
    default:
      return hostedEnd(item)
  }
}

/** Tools that the API runs itself while it answers: `web_search_call` is the tool `web_search`. */
const HOSTED =
  /^(web_search|file_search|code_interpreter|image_generation|computer|mcp|tool_search)_call$/

function hostedCall(item: Json): ToolWord | undefined {
  const [callId, name] = [text(item.id), hostedName(item)]
  if (callId === undefined || name === undefined) return undefined
  const input = JSON.stringify(item.action ?? {})
  return { kind: 'tool-called', callId, name, input, isHosted: true }
}

function hostedEnd(item: Json): ToolWord | undefined {
  const [callId, status] = [text(item.id), text(item.status)]
  if (callId === undefined || hostedName(item) === undefined) return undefined
  return {
    kind: 'hosted-tool-ended',
    callId,
    ...(status !== undefined && { status }),
    ...(item.action !== undefined && { input: JSON.stringify(item.action) }),
  }
}

function hostedName({ type, name, server_label: server }: Json): string | undefined {
  const kind = HOSTED.exec(text(type) ?? '')?.[1]
  if (kind !== 'mcp') return kind
  return [text(server), text(name)].filter((word) => word !== undefined).join('.') || kind
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
