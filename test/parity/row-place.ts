import { randomInt } from 'node:crypto'
import {
  type CodexHome,
  type Command,
  cleanEnvironment,
  codexCommand,
  codexHome,
  logIn,
  SCRIPTED_KEY,
} from '../host/index.js'
import { authority, certificateOf } from './certificates.js'
import { lateCodex } from './late-codex.js'
import { type RowProxy, startProxy } from './proxy.js'
import { type RawUpstream, startRawUpstream } from './raw-upstream.js'
import { NO_RETRIES, type Row } from './row.js'
import type { Addresses } from './steps.js'

/**
 * The place for one run of a row: its servers, and a home for Codex. Disposing of it removes
 * everything.
 */
export type RowPlace = {
  home: CodexHome
  environment: Record<string, string>
  /** The real Codex. */
  codex: Command
  /** Host names that the agent can resolve, each with its address. */
  hostNames: Record<string, string>
  /** The origin of the base URL: `http://127.0.0.1:PORT`. */
  origin: string
  upstream: RawUpstream
  elsewhere: RawUpstream | undefined
  proxy: RowProxy | undefined
  /** Resolves when every connection to the upstreams is over, or after some seconds. */
  settled(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Creates one. The upstream's outages begin now. */
export async function rowPlace(row: Row, how: 'alone' | 'recorded'): Promise<RowPlace> {
  const address = row.login === undefined ? '127.0.0.1' : addressOfItsOwn()
  const port = row.login === undefined ? 0 : 443
  const upstream = await startRawUpstream(row.upstream, { host: address, port, ...tlsOf(row) })
  const elsewhere = await startRawUpstream(row.elsewhere ?? { replies: [] })
  const proxy = await startProxy(row.proxy ?? 'refuses')
  const addresses = addressesOf(row, { upstream, elsewhere, proxy })
  upstream.addresses = addresses
  elsewhere.addresses = addresses
  const baseUrl = row.baseUrl?.(addresses) ?? `${addresses.upstream}/v1`
  const home = await codexHome({
    baseUrl,
    providerSettings: row.provider ?? NO_RETRIES,
    ...(row.login !== undefined && { isBuiltIn: 'login' as const }),
    ...(row.settings !== undefined && { settings: row.settings }),
  })
  const codex = await codexCommand()
  const environment = cleanEnvironment(home, {
    TACHO_CODEX: how === 'recorded' && isAway(row) ? lateCodex(codex[0], home) : codex[0],
    ...loggedIn(row, home),
    ...row.environment?.(addresses),
  })
  upstream.begin()
  return {
    home,
    environment,
    codex,
    hostNames: hostNamesOf(row, address),
    origin: new URL(baseUrl).origin,
    upstream,
    elsewhere: row.elsewhere && elsewhere,
    proxy: row.proxy && proxy,
    async settled() {
      await Promise.all([upstream.settled(SETTLING_MS), elsewhere.settled(SETTLING_MS)])
    },
    async [Symbol.asyncDispose]() {
      for (const one of [home, proxy, elsewhere, upstream]) await one[Symbol.asyncDispose]()
    },
  }
}

/** Whether nothing can be reached from the start. */
function isAway({ waits, upstream }: Row): boolean {
  return waits === true || upstream.refusesUntil !== undefined
}

/** What a connection that nobody closes costs a row. */
const SETTLING_MS = 3_000

/** A loopback address, so that each upstream has a port 443. */
function addressOfItsOwn(): string {
  return `127.${randomInt(1, 255)}.${randomInt(255)}.${randomInt(1, 255)}`
}

/** The environment for this kind of login. */
function loggedIn({ login }: Row, home: CodexHome): Record<string, string> {
  if (login === undefined) return {}
  if (login === 'CODEX_API_KEY') return { CODEX_API_KEY: SCRIPTED_KEY }
  logIn(home, login)
  return {}
}

function tlsOf({ tls }: Row) {
  if (tls === undefined) return {}
  const { options, wantsClient = false } = tls
  const asks = wantsClient ? { requestCert: true, rejectUnauthorized: true } : {}
  return { tls: { ...certificateOf(tls.certificate ?? 'good'), ...asks, ...options } }
}

type Servers = { upstream: RawUpstream; elsewhere: RawUpstream; proxy: RowProxy }

function addressesOf(row: Row, { upstream, elsewhere, proxy }: Servers): Addresses {
  const scheme = row.tls === undefined ? 'http' : 'https'
  return {
    upstream: `${scheme}://${row.host ?? '127.0.0.1'}:${upstream.port}`,
    elsewhere: `http://127.0.0.1:${elsewhere.port}`,
    proxy: `127.0.0.1:${proxy.port}`,
    ca: row.tls === undefined ? '' : authority().caPath,
  }
}

// All hosts that Codex contacts on its own, so that no lookup of an unknown name delays it.
const OPENAI = ['api.openai.com', 'auth.openai.com', 'chatgpt.com']

function hostNamesOf({ host, login }: Row, address: string): Record<string, string> {
  const names = [...(host === undefined ? [] : [host]), ...(login === undefined ? [] : OPENAI)]
  return Object.fromEntries(names.map((name) => [name, address]))
}
