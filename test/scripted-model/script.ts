import type { ApiName } from './api.js'
import type { Exchange } from './exchange.js'

/**
 * What the scripted model does: one answer for each model request, the last one repeated; or a
 * function of the request. Requests that an agent makes beside its turns do not use it up.
 */
export type Script = readonly Step[] | ((request: ModelRequest) => Answer | Promise<Answer>)

/** One answer of a script, or what makes it when the request is there. */
export type Step = Answer | ((request: ModelRequest) => Answer | Promise<Answer>)

/** A request for an answer of the model. */
export type ModelRequest = {
  /** Counted from 1, side requests left out. */
  number: number
  api: ApiName
  /** The request's JSON. */
  body: Record<string, unknown>
  exchange: Exchange
}

/** An answer: what it says, how it is sent, and what goes wrong with it. All of it is optional. */
export type Answer = Spoken & Sent & Broken

/** What the model says. An answer with tool calls is followed by another request of the agent. */
export type Spoken = {
  text?: string
  /** Instead of `text`: that many bytes of plain ASCII. */
  textBytes?: number
  /** In how many pieces the text is streamed: 1, or one for each 4 KiB of `textBytes`. */
  deltas?: number
  /** The summary of what it thought before it spoke. */
  reasoning?: string
  calls?: readonly ToolCall[]
  usage?: Partial<Usage>
  /** The answer ends as failed, after what it said: status 200, the error in the stream. */
  failed?: { code: string; message: string }
}

/** A function that the model wants called. */
export type ToolCall = {
  name: string
  /** An object is written as JSON; a string stays as it is, also where it is not JSON. */
  arguments: string | Record<string, unknown>
  /** `call_<request>_<index>` where it is not given. */
  callId?: string
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
   * 200. From 400 on the body is the API's error object, unless `body` is there; over a WebSocket
   * the answer is an event of type `error`.
   */
  status?: number
  headers?: Record<string, string | string[]>
  /** The body as it is, in place of what the model says. Counts as one event. */
  body?: string | Uint8Array
  /** The stream's events as they are, in place of what the model says; need not be UTF-8 or SSE. */
  events?: readonly (string | Uint8Array)[]
  gzip?: boolean
  /** Events are written in pieces: cut in each event's first character of several bytes, or every so many bytes. */
  cut?: 'characters' | number
  /** Milliseconds before the head. */
  headDelay?: number
  /** Milliseconds between two events. */
  eventDelay?: number
  /** Stops after so many events (0: after the head) until `release()`. */
  holdAfter?: number
}

/** What goes wrong. */
export type Broken = { fault?: Fault }

/**
 * What goes wrong, after so many events; after the head where `after` is 0, in place of the head
 * where it is left out, and after the last event where there are fewer.
 *
 * - `hang`: nothing comes any more.
 * - `reset`: the connection is reset; `insideEvent`: when half of the next event is out.
 * - `end`: the body ends as if it were whole.
 * - `garbage`: bytes that are not HTTP, and the connection's end; only in place of the head.
 *
 * A WebSocket has no head for each answer: what is due there is due before the first event. `end`
 * closes it with a close frame, `code` in it (1000 where it is left out).
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
