import type { TlsOptions } from 'node:tls'
import type { CertificateKind, Login } from '../host/index.js'
import type { ProxyKind } from './proxy.js'
import type { Addresses, Plan } from './steps.js'

/** One line of the parity table: what the upstream does, and how Codex is configured. */
export type Row = {
  /** What the upstream or the surroundings do; completes `codex exec is the same where`. */
  title: string
  upstream: Plan
  /** A second upstream with another origin. */
  elsewhere?: Plan
  /**
   * The provider is Codex's own at its own address, and `host` is that address's name; and how it
   * is logged in.
   */
  login?: Login | 'CODEX_API_KEY'
  /** TOML for the provider's table; unless it mentions retries, a failure is final at once. */
  provider?: string
  /** Top-level TOML for `config.toml`. */
  settings?: string
  /** The upstream uses TLS, with this certificate and these settings. */
  tls?: { certificate?: CertificateKind; options?: TlsOptions; wantsClient?: boolean }
  /** The upstream's host name; default: 127.0.0.1. */
  host?: string
  /** A proxy for `environment` to name. */
  proxy?: ProxyKind
  /** Added to the agent's environment. */
  environment?: Surrounding<Record<string, string>>
  /** The base URL; default: the upstream's. */
  baseUrl?: Surrounding<string>
  /** The prompt; default: `Hello`. */
  prompt?: string
  /** Its standard input; default: empty. */
  stdin?: string
  /** Arguments of `codex exec` before the prompt. */
  args?: readonly string[]
  /** Shell words to run before the agent in its process: `ulimit -n 30`. */
  shell?: string
  /** A signal to the agent's process group, like one from a terminal or `timeout`. */
  signal?: { name: NodeJS.Signals; once: (seen: Progress) => boolean }
  /** The agent waits for the network without end: sends Ctrl-C as soon as it says so. */
  waits?: boolean
  /**
   * What Tacho says about it on a line of its own: that something cannot be used, or is not
   * recorded.
   */
  says?: string
  /** What differs in this row by chance, even alone, or always; with the reason. */
  notCompared?: { what: NotCompared; reason: string }[]
}

/** Of a TUI row, also the token count that it shows. */
export type NotCompared =
  | 'stage'
  | 'number of pongs'
  | 'connection ends'
  | 'stderr'
  | 'beside'
  | 'token usage'

/** What depends on where the row's servers listen. */
export type Surrounding<Value> = (addresses: Addresses) => Value

/** What has happened at the upstream so far. */
export type Progress = { requests: number; connections: number; frames: number; stage: string }

/** Makes a failure final at once, so that a row is short. */
export const NO_RETRIES = `request_max_retries = 0
stream_max_retries = 0`

/** Allows one more try, for what happens once. */
export const ONE_RETRY = `request_max_retries = 1
stream_max_retries = 1`

/** A provider that prefers a WebSocket, as the built-in one does. */
export const WITH_SOCKETS = `supports_websockets = true
${NO_RETRIES}`

/** How long an answer may be silent before the agent gives it up. */
export const SOON_IDLE = 'stream_idle_timeout_ms = 600'

/** A row in which the agent waits for the network until it is stopped. */
export function waiting(row: Row): Row {
  return { ...row, waits: true }
}
