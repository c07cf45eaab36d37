import type { Upstream } from '../../taps/http/upstream.js'
import type { StartChange } from '../../taps/start-change.js'
import { basePath } from '../base-path.js'
import { contentOf, type OpencodeConfig, objectAt } from './config.js'

/** A provider that opencode knows without any configuration (opencode 1.18). */
type KnownProvider = {
  /** In the words of the GenAI conventions, where those have one. */
  name?: string
  /** Where its requests go unless the configuration says otherwise. */
  address: string
  /** The variables any of which switches it on. */
  keys: readonly string[]
  /** The variable that its SDK reads another address from. */
  baseVariable?: string
  /** It is there without a key. */
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
  /** The kinds of the logins that are kept, by provider. */
  logins: ReadonlyMap<string, string>
  environment: NodeJS.ProcessEnv
  /** The provider that is asked first, where that is known. */
  chosen: string | undefined
}

export type Providers = {
  upstreams: Upstream[]
  /** Those whose requests do not pass through us, each with the reason. */
  past: { id: string; reason: string }[]
}

/** The provider of a model's name: `anthropic` of `anthropic/claude-haiku-4-5`. */
export function providerOf(model: string | undefined): string | undefined {
  return model?.split('/')[0]
}

/**
 * The providers that the user has, and how the requests to each come to us. One that is not there is
 * not touched: with a base URL of its own it would appear among the user's models.
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
    // Such a login has an address of its own, whatever the configuration says.
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

/** A start whose configuration for this run leads the requests of a provider to us. */
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
