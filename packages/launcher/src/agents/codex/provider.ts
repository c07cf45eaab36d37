import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TomlTable } from 'smol-toml'
import type { Upstream } from '../../taps/http/upstream.js'
import { headerValue } from '../../taps/http/wire/message-head.js'
import type { NoTap } from '../../taps/no-tap.js'
import type { StartChange } from '../../taps/start-change.js'
import { basePath } from '../base-path.js'
import { addOptions } from '../with-options.js'
import { tableAt, textAt } from './config.js'
import { codexHome } from './home.js'

const API = new URL('https://api.openai.com/v1')
// Codex's default (a provider's `stream_idle_timeout_ms`).
const IDLE_TIMEOUT = 300_000
// With a ChatGPT login, unless a base URL is configured.
const CHATGPT = new URL('https://chatgpt.com/backend-api/codex')

/** Makes the start change that sets one of Codex's settings for a run, by its path. */
export type TellSetting = (path: string, value: string) => StartChange

/**
 * Returns the provider that a configuration chooses.
 *
 * @param tell sets its base URL for this run; default: with `-c`.
 */
export function providerOf(
  config: TomlTable,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  tell: TellSetting = byOption,
): Upstream | NoTap {
  if (args.includes('--oss'))
    return { reason: 'a local provider (--oss) accepts no other base URL' }
  const id = textAt(config, 'model_provider') ?? 'openai'
  const providers = tableAt(config, 'model_providers')
  if (id === 'openai' && !Object.hasOwn(providers, id))
    return builtIn(textAt(config, 'openai_base_url'), environment, tell)
  return custom(id, tableAt(providers, id), tell)
}

function byOption(path: string, value: string): StartChange {
  return addOptions(['-c', `${path}=${JSON.stringify(value)}`])
}

/**
 * Codex's own provider: its upstream depends on the login, which each request reveals. The path
 * given to Codex fits the login that it has at its start.
 */
function builtIn(
  configured: string | undefined,
  environment: NodeJS.ProcessEnv,
  tell: TellSetting,
): Upstream | NoTap {
  const given = configured === undefined ? undefined : urlOf(configured)
  if (configured !== undefined && given === undefined)
    return { reason: `openai_base_url is not a URL` }
  const upstream = given ?? (hasChatGptLogin(environment) ? CHATGPT : API)
  return {
    name: 'openai',
    idleTimeout: IDLE_TIMEOUT,
    expected: upstream,
    base: pathOf(upstream),
    userInfo: given,
    speaksOverSocket: true,
    upstream: (request) =>
      given ?? (headerValue(request.headers, 'chatgpt-account-id') === undefined ? API : CHATGPT),
    redirect: (baseUrl) => tell('openai_base_url', baseUrl),
  }
}

/** Whether Codex would use ChatGPT (Codex 0.169: `auth.json`, and CODEX_API_KEY before it). */
function hasChatGptLogin(environment: NodeJS.ProcessEnv): boolean {
  if (environment.CODEX_API_KEY) return false
  try {
    const login: unknown = JSON.parse(
      readFileSync(join(codexHome(environment), 'auth.json'), 'utf8'),
    )
    const { auth_mode: mode, tokens, OPENAI_API_KEY: key } = login as Record<string, unknown>
    return typeof mode === 'string' ? mode === 'chatgpt' : Boolean(tokens) && !key
  } catch {
    return false
  }
}

// Codex recognizes Azure by the host in its base URL (0.169), so for Azure the host goes into the
// path.
function pathOf({ host, pathname }: URL): string {
  const path = basePath(pathname)
  return /azure|windows\.net/i.test(host) ? `/${host}${path}` : path
}

function custom(id: string, settings: TomlTable, tell: TellSetting): Upstream | NoTap {
  const base = textAt(settings, 'base_url')
  const idleTimeout = Number(settings.stream_idle_timeout_ms ?? IDLE_TIMEOUT)
  if (base === undefined)
    return {
      reason: `the provider ${JSON.stringify(id)} has no base_url to replace`,
    }
  const upstream = urlOf(base)
  if (upstream === undefined)
    return { reason: `the base_url of the provider ${JSON.stringify(id)} is not a URL` }
  // `-c` splits its key at every dot, quoted or not.
  if (!/^[A-Za-z0-9_-]+$/.test(id)) {
    return { reason: `the provider's id ${JSON.stringify(id)} cannot stand in a -c override` }
  }
  return {
    name: id,
    idleTimeout,
    expected: upstream,
    base: pathOf(upstream),
    userInfo: upstream,
    speaksOverSocket: settings.supports_websockets === true,
    upstream: () => upstream,
    redirect: (baseUrl) => tell(`model_providers.${id}.base_url`, baseUrl),
  }
}

function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}
