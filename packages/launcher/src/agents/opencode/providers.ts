import type { Upstream } from '../../taps/http/upstream.js'
import type { StartChange } from '../../taps/start-change.js'
import { basePath } from '../base-path.js'
import { contentOf, type OpencodeConfig, objectAt } from './config.js'

/** A provider that opencode knows without configuration (opencode 1.18). */
type KnownProvider = {
  /** Its name in the GenAI conventions, if they have one. */
  name?: string
  /** Where its requests go by default. */
  address: string
  /** Any of these variables enables it. */
  keys: readonly string[]
  /** The variable from which its SDK reads a different address. */
  baseVariable?: string
  /** Whether it works without a key. */
  isFree?: boolean
}

const KNOWN: Record<string, KnownProvider> = {
  anthropic: {
    address: 'https://api.anthropic.com/v1',
    keys: ['ANTHROPIC_API_KEY'],
    baseVariable: 'ANTHROPIC_BASE_URL',
  },
  openai: {
    address: 'https://api.openai.com/v1',
    keys: ['OPENAI_API_KEY'],
    baseVariable: 'OPENAI_BASE_URL',
  },
  google: {
    name: 'gcp.gemini',
    address: 'https://generativelanguage.googleapis.com/v1beta',
    keys: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  },
  opencode: { address: 'https://opencode.ai/zen/v1', keys: ['OPENCODE_API_KEY'], isFree: true },
  openrouter: { address: 'https://openrouter.ai/api/v1', keys: ['OPENROUTER_API_KEY'] },
  groq: { address: 'https://api.groq.com/openai/v1', keys: ['GROQ_API_KEY'] },
  xai: { name: 'x_ai', address: 'https://api.x.ai/v1', keys: ['XAI_API_KEY'] },
  mistral: {
    name: 'mistral_ai',
    address: 'https://api.mistral.ai/v1',
    keys: ['MISTRAL_API_KEY'],
  },
  deepseek: { address: 'https://api.deepseek.com', keys: ['DEEPSEEK_API_KEY'] },
  cerebras: { address: 'https://api.cerebras.ai/v1', keys: ['CEREBRAS_API_KEY'] },
}

export type ProvidersOptions = {
  /** The kinds of stored logins, by provider. */
  logins: ReadonlyMap<string, string>
  environment: NodeJS.ProcessEnv
  /** The provider used first, if known. */
  chosen: string | undefined
}

export type Providers = {
  upstreams: Upstream[]
  /** Providers whose requests do not pass through Tacho, each with the reason. */
  past: { id: string; reason: string }[]
}

/** Returns the provider in a model's name: `anthropic` for `anthropic/claude-haiku-4-5`. */
export function providerOf(model: string | undefined): string | undefined {
  return model?.split('/')[0]
}

/**
 * Returns the user's providers, and how the requests to each reach Tacho. An absent provider stays
 * untouched: with a base URL it would appear among the user's models.
 */
export function providersOf(
  { providers }: OpencodeConfig,
  { logins, environment, chosen }: ProvidersOptions,
): Providers {
  const upstreams: Upstream[] = []
  const past: Providers['past'] = []
  const ids = new Set([...providers.keys(), ...logins.keys(), ...Object.keys(KNOWN)])
  for (const id of ids) {
    const known = Object.hasOwn(KNOWN, id) ? KNOWN[id] : undefined
    const settings = providers.get(id)
    const login = logins.get(id)
    const hasKey = known?.keys.some((name) => environment[name]) ?? false
    if (settings === undefined && login === undefined && !hasKey && !known?.isFree) continue
    // An OAuth login has its own address, whatever the configuration says.
    if (login === 'oauth' && id !== 'opencode') {
      past.push({ id, reason: 'its login leads past us' })
      continue
    }
    const options = objectAt(settings ?? {}, 'options')
    const base =
      options.baseURL ??
      settings?.api ??
      environment[known?.baseVariable ?? ''] ??
      known?.address ??
      ''
    const url = urlOf(String(base))
    if (url === undefined) past.push({ id, reason: 'where it leads is not known' })
    else {
      const expected = id === chosen ? { expected: url } : {}
      upstreams.push({ ...upstreamOf(id, known?.name ?? id, url), ...expected })
    }
  }
  return { upstreams, past }
}

function upstreamOf(id: string, name: string, upstream: URL): Upstream {
  return {
    name,
    upstream: () => upstream,
    base: basePath(upstream.pathname),
    userInfo: upstream.username === '' && upstream.password === '' ? undefined : upstream,
    speaksOverSocket: false,
    redirect: (baseUrl) => withBaseUrl(id, baseUrl),
  }
}

/** Redirects a provider's requests to Tacho through the configuration for this run. */
function withBaseUrl(id: string, baseURL: string): StartChange {
  return ({ args, environment }) => {
    const content = contentOf(environment)
    const provider = objectAt(content, 'provider')
    const own = objectAt(provider, id)
    const options = { ...objectAt(own, 'options'), baseURL }
    const merged = { ...content, provider: { ...provider, [id]: { ...own, options } } }
    return {
      args,
      environment: { ...environment, OPENCODE_CONFIG_CONTENT: JSON.stringify(merged) },
    }
  }
}

function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}
