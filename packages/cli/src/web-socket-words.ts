import type { WebSocketEnd } from '@tacho/format'
import { printable } from './printable.js'

/**
 * Describes how a WebSocket ended: `closed by the agent`, `closed by the API (1011, out of
 * memory)`.
 */
export function closedWords({ closedBy, code, reason }: WebSocketEnd): string {
  const frame = [code === undefined ? '' : String(code), printable(reason ?? '')]
  const why = frame.filter((part) => part !== '').join(', ')
  return `closed by the ${closedBy === 'agent' ? 'agent' : 'API'}${why === '' ? '' : ` (${why})`}`
}

/** Describes what was sent over it: `4 messages sent, 31 received`. */
export function messagesWords({ sent, received }: WebSocketEnd): string {
  return `${sent} message${sent === 1 ? '' : 's'} sent, ${received} received`
}
