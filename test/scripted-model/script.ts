import type { ApiName } from './api.js'
import type { Exchange } from './exchange.js'

/**
 * What the scripted model does: one answer for each model request, the last one repeated; or a
 * function of the request. Requests that an agent makes beside its turns do not count.
 */
export type Script = readonly Step[] | ((request: ModelRequest) => Answer | Promise<Answer>)

/** One answer of a script, or a function that makes it when the request arrives. */
export type Step = Answer | ((request: ModelRequest) => Answer | Promise<Answer>)

/** A request for an answer of the model. */
export type ModelRequest = {
  /** Counted from 1, without side requests. */
  number: number
  api: ApiName
  /** The request's JSON. */
  body: Record<string, unknown>
  exchange: Exchange
}

/** An answer: what it says, how it is sent, and what goes wrong. All of it is optional. */
export type Answer = Spoken & Sent & Broken

/** What the model says. After an answer with tool calls, the agent makes another request. */
export type Spoken = {
  text?: string
  /** Instead of `text`: this many bytes of plain ASCII. */
  textBytes?: number
  /** In how many pieces the text is streamed: 1, or one for each 4 KiB of `textBytes`. */
  deltas?: number
  /** The summary of its reasoning before it spoke. */
  reasoning?: string
  calls?: readonly ToolCall[]
  usage?: Partial<Usage>
  /** The answer ends as failed after what it said: status 200, the error in the stream. */
  failed?: { code: string; message: string }
}

/** A function that the model calls. */
export type ToolCall = {
  name: string
  /** An object is written as JSON; a string is written unchanged, even if it is not JSON. */
  arguments: string | Record<string, unknown>
  /** Default: `call_<request>_<index>`. */
  callId?: string
  /** The group of tools to which it belongs (Responses API only). */
  namespace?: string
}

/** Tokens, as the API counts them. */
export type Usage = {
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  reasoningTokens: number
}

/** How the answer is sent. */
export type Sent = {
  /**
   * Default: 200. From 400 on, the body is the API's error object unless `body` is set; over a
   * WebSocket the answer is an event of type `error`.
   */
  status?: number
  headers?: Record<string, string | string[]>
  /** The exact body, in place of what the model says. Counts as one event. */
  body?: string | Uint8Array
  /** The stream's exact events, in place of what the model says; need not be UTF-8 or SSE. */
  events?: readonly (string | Uint8Array)[]
  gzip?: boolean
  /**
   * Writes events in pieces: cut inside each event's first multi-byte character, or after every so
   * many bytes.
   */
  cut?: 'characters' | number
  /** Milliseconds before the head. */
  headDelay?: number
  /** Milliseconds between two events. */
  eventDelay?: number
  /** Stops after this many events (0: after the head) until `release()`. */
  holdAfter?: number
}

/** What goes wrong. */
export type Broken = { fault?: Fault }

/**
 * What goes wrong after `after` events: 0 is after the head; without it, in place of the head; with
 * a number beyond the last event, after that event.
 *
 * - `hang`: nothing more is sent.
 * - `reset`: the connection is reset; `insideEvent`: after half of the next event.
 * - `end`: the body ends as if it were complete.
 * - `garbage`: bytes that are not HTTP, then the end of the connection; only in place of the head.
 *
 * Over a WebSocket an answer has no head: what is due there is due before the first event. `end`
 * closes the socket with a close frame carrying `code` (default: 1000).
 */
export type Fault =
  | { kind: 'hang'; after?: number }
  | { kind: 'reset'; after?: number; insideEvent?: boolean }
  | { kind: 'end'; after: number; code?: number }
  | { kind: 'garbage'; bytes?: string | Uint8Array }

/** The call with which Codex runs a command line. */
export function execCommand(cmd: string, more: Record<string, unknown> = {}): ToolCall {
  return { name: 'exec_command', arguments: { cmd, ...more } }
}
