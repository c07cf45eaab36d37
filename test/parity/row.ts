import type { TlsOptions } from 'node:tls'
import type { CertificateKind, Login } from '../host/index.js'
import type { ProxyKind } from './proxy.js'
import type { Addresses, Plan } from './steps.js'

/** One line of the parity table: what the upstream does, and how Codex is set up. */
export type Row = {
  /** What the upstream or the surroundings do; it follows `codex exec is the same where`. */
  title: string
  upstream: Plan
  /** A second upstream of another origin. */
  elsewhere?: Plan
  /** The provider is Codex's own, by its own address, whose name is `host`; and who asks it. */
  login?: Login | 'CODEX_API_KEY'
  /** TOML of the provider's table; a failure is final at once where it says nothing of retries. */
  provider?: string
  /** TOML of the top level of `config.toml`. */
  settings?: string
  /** The upstream has TLS, with this certificate and these settings. */
  tls?: { certificate?: CertificateKind; options?: TlsOptions; wantsClient?: boolean }
  /** The name by which the upstream is called: 127.0.0.1 where it is left out. */
  host?: string
  /** A proxy, for `environment` to name. */
  proxy?: ProxyKind
  /** Added to the environment of the agent. */
  environment?: Surrounding<Record<string, string>>
  /** The base URL; that of the upstream where it is left out. */
  baseUrl?: Surrounding<string>
  /** What the agent is asked: `Hello` where it is left out. */
  prompt?: string
  /** What stands on its standard input: nothing where it is left out. */
  stdin?: string
  /** Arguments of `codex exec` before the prompt. */
  args?: readonly string[]
  /** Shell words that run before the agent in its process: `ulimit -n 30`. */
  shell?: string
  /** A signal to the agent's process group, as a terminal or `timeout` sends it. */
  signal?: { name: NodeJS.Signals; once: (seen: Progress) => boolean }
  /** The agent waits for the network without end: Ctrl-C as soon as it says so. */
  waits?: boolean
  /** What Tacho says of it in a line of its own: that something cannot be used, or is not recorded. */
  says?: string
  /** What of a row is told apart by luck, alone too, or for good; with the reason. */
  notCompared?: { what: NotCompared; reason: string }[]
}

/** Of the TUI also the tokens that it says were used. */
export type NotCompared = 'stage' | 'connection ends' | 'stderr' | 'beside' | 'token usage'

/** What depends on where the row's servers listen. */
export type Surrounding<Value> = (addresses: Addresses) => Value

/** What has happened at the upstream so far. */
export type Progress = { requests: number; connections: number; frames: number; stage: string }

/** A failure is final at once, so that a row is short. */
export const NO_RETRIES = `request_max_retries = 0
stream_max_retries = 0`

/** One more try, for what happens once. */
export const ONE_RETRY = `request_max_retries = 1
stream_max_retries = 1`

/** A provider that is spoken to over a WebSocket first, as the built-in one is. */
export const WITH_SOCKETS = `supports_websockets = true
${NO_RETRIES}`

/** So long may nothing come before the agent gives an answer up. */
export const SOON_IDLE = 'stream_idle_timeout_ms = 600'

/** A row in which the agent waits for the network until it is stopped. */
export function waiting(row: Row): Row {
  return { ...row, waits: true }
}
