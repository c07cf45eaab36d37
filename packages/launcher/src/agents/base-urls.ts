import type { Upstream } from '../taps/http/upstream.js'
import { basePath } from './base-path.js'

/** The variables in which programs look for the address of one API. */
type Api = {
  /** For `gen_ai.provider.name`. */
  provider: string
  /** Where requests go if none of the variables is set; omitted if unknown. */
  address?: string
  variables: readonly string[]
  /**
   * Matches a word in the command line of a program that behaves differently once an unset variable
   * is set.
   */
  isAnother?: RegExp
}

/**
 * What SDKs and agents read (openai 7, @anthropic-ai/sdk 1, @google/genai 2 and 3, litellm,
 * LangChain). Not Bedrock: its signature covers the host.
 */
const APIS: readonly Api[] = [
  {
    provider: 'openai',
    address: 'https://api.openai.com/v1',
    variables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
  },
  {
    provider: 'anthropic',
    address: 'https://api.anthropic.com',
    variables: ['ANTHROPIC_BASE_URL'],
  },
  {
    provider: 'gcp.gemini',
    address: 'https://generativelanguage.googleapis.com',
    variables: ['GOOGLE_GEMINI_BASE_URL'],
    // With this variable, Gemini CLI (0.61) chooses another kind of login, and so another model.
    isAnother: /gemini/i,
  },
  { provider: 'openai', variables: ['OPENAI_API_BASE_URL', 'OPENAI_HOST', 'OPENAI_ENDPOINT'] },
  { provider: 'anthropic', variables: ['ANTHROPIC_API_BASE', 'ANTHROPIC_API_URL'] },
  { provider: 'gcp.vertex_ai', variables: ['GOOGLE_VERTEX_BASE_URL', 'ANTHROPIC_VERTEX_BASE_URL'] },
  {
    provider: 'azure.ai.openai',
    variables: ['AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_BASE_URL', 'AZURE_API_BASE'],
  },
  { provider: 'azure.ai.inference', variables: ['ANTHROPIC_FOUNDRY_BASE_URL'] },
  { provider: 'mistral_ai', variables: ['MISTRAL_BASE_URL', 'MISTRAL_API_BASE'] },
  { provider: 'groq', variables: ['GROQ_BASE_URL', 'GROQ_API_BASE'] },
  { provider: 'deepseek', variables: ['DEEPSEEK_BASE_URL', 'DEEPSEEK_API_BASE'] },
  { provider: 'x_ai', variables: ['XAI_BASE_URL', 'XAI_API_BASE'] },
  { provider: 'openrouter', variables: ['OPENROUTER_BASE_URL', 'OPENROUTER_API_BASE'] },
  { provider: 'ollama', variables: ['OLLAMA_BASE_URL', 'OLLAMA_API_BASE'] },
]

/** An environment variable to redirect to Tacho, and where it leads without Tacho. */
export type BaseUrl = { variable: string; provider: string; upstream: URL }

/**
 * Returns the variables to redirect to Tacho. For each API these are the ones that are set; if no
 * common one is, all of them, because a program that reads several may look at any first.
 *
 * @param words the program's command line.
 */
export function baseUrlsOf(environment: NodeJS.ProcessEnv, words: readonly string[]): BaseUrl[] {
  return APIS.flatMap(({ provider, address, variables, isAnother }) => {
    const isAnySet = variables.some((variable) => environment[variable])
    const isLeftAlone = isAnother !== undefined && words.some((word) => isAnother.test(word))
    return variables.flatMap((variable) => {
      const otherwise = isLeftAlone ? undefined : address
      const upstream = httpUrlOf(isAnySet ? environment[variable] : otherwise)
      return upstream === undefined ? [] : [{ variable, provider, upstream }]
    })
  })
}

/** Returns the API that a variable's name begins with: `OPENAI_HOST` is OpenAI's. */
export function apiOfName(variable: string): { provider: string; address: string } | undefined {
  const [first = ''] = variable.split('_')
  const found = APIS.find(
    ({ address, variables }) =>
      address !== undefined && variables.some((one) => one.startsWith(`${first}_`)),
  )
  return found?.address === undefined
    ? undefined
    : { provider: found.provider, address: found.address }
}

/** Returns the provider for a variable that the user named. */
export function providerOfName(variable: string): string {
  return (
    APIS.find(({ variables }) => variables.includes(variable))?.provider ??
    apiOfName(variable)?.provider ??
    'unknown'
  )
}

/** Groups variables into upstreams, each with all the variables that lead there. */
export function upstreamsOf(baseUrls: readonly BaseUrl[]): Upstream[] {
  const together = new Map<string, BaseUrl[]>()
  for (const one of baseUrls) {
    const key = `${one.provider} ${one.upstream.href}`
    together.set(key, [...(together.get(key) ?? []), one])
  }
  return [...together.values()].flatMap((all) => {
    const [first] = all
    return first === undefined
      ? []
      : [
          upstreamOf(
            first,
            all.map(({ variable }) => variable),
          ),
        ]
  })
}

function upstreamOf({ provider, upstream }: BaseUrl, variables: readonly string[]): Upstream {
  const { pathname } = upstream
  // A program that appends a path may rely on the trailing slash.
  const slash = pathname.length > 1 && pathname.endsWith('/') ? '/' : ''
  return {
    name: provider,
    upstream: () => upstream,
    base: basePath(pathname),
    userInfo: upstream.username === '' && upstream.password === '' ? undefined : upstream,
    speaksOverSocket: false,
    redirect: (baseUrl) => (start) => ({
      ...start,
      environment: {
        ...start.environment,
        ...Object.fromEntries(variables.map((variable) => [variable, baseUrl + slash])),
      },
    }),
  }
}

/** Parses an HTTP URL; undefined if it is not one. */
export function httpUrlOf(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}
