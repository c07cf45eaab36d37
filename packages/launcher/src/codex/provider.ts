import type { TomlTable } from 'smol-toml'
import { headerValue, type RequestHead } from '../http-server/request-head.js'
import { tableAt, textAt } from './config.js'

/** Where Codex sends its requests, and how it is told to send them to us. */
export type Provider = {
  /** For `gen_ai.provider.name`. */
  name: string
  upstream: (request: Pick<RequestHead, 'headers'>) => URL
  /** After how long without a byte Codex gives up on an answer, in milliseconds. */
  idleTimeout: number
  /** Codex's own options that put a base URL of ours in the place of the upstream. */
  redirect: (baseUrl: (upstream: URL) => string) => string[]
}

/** Why the requests cannot pass through us. */
export type NoTap = { reason: string }

const API = new URL('https://api.openai.com/v1')
// Codex's default (`stream_idle_timeout_ms` of a provider).
const IDLE_TIMEOUT = 300_000
// With a ChatGPT login, unless a base URL is given.
const CHATGPT = new URL('https://chatgpt.com/backend-api/codex')

/** The provider that a configuration chooses. */
export function providerOf(config: TomlTable, args: readonly string[]): Provider | NoTap {
  if (args.includes('--oss')) return { reason: 'a local provider (--oss) takes no other base URL' }
  const id = textAt(config, 'model_provider') ?? 'openai'
  const providers = tableAt(config, 'model_providers')
  if (id === 'openai' && !Object.hasOwn(providers, id))
    return builtIn(textAt(config, 'openai_base_url'))
  return custom(id, tableAt(providers, id))
}

/** Codex's own provider: its upstream depends on the login, and each request tells which it is. */
function builtIn(configured: string | undefined): Provider | NoTap {
  const given = configured === undefined ? undefined : urlOf(configured)
  if (configured !== undefined && given === undefined)
    return { reason: `openai_base_url is no URL` }
  return {
    name: 'openai',
    idleTimeout: IDLE_TIMEOUT,
    upstream: (request) =>
      given ?? (headerValue(request.headers, 'chatgpt-account-id') === undefined ? API : CHATGPT),
    redirect: (baseUrl) => ['-c', `openai_base_url=${JSON.stringify(baseUrl(given ?? API))}`],
  }
}

function custom(id: string, settings: TomlTable): Provider | NoTap {
  const base = textAt(settings, 'base_url')
  const idleTimeout = Number(settings.stream_idle_timeout_ms ?? IDLE_TIMEOUT)
  if (base === undefined)
    return {
      reason: `the provider ${JSON.stringify(id)} has no base_url to put ours in the place of`,
    }
  const upstream = urlOf(base)
  if (upstream === undefined)
    return { reason: `the base_url of the provider ${JSON.stringify(id)} is no URL` }
  // `-c` cuts its key at every dot, quoted or not.
  if (!/^[A-Za-z0-9_-]+$/.test(id)) {
    return { reason: `the provider's id ${JSON.stringify(id)} cannot stand in a -c override` }
  }
  return {
    name: id,
    idleTimeout,
    upstream: () => upstream,
    redirect: (baseUrl) => [
      '-c',
      `model_providers.${id}.base_url=${JSON.stringify(baseUrl(upstream))}`,
    ],
  }
}

function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}
