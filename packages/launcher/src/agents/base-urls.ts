import type { Upstream } from '../taps/http/upstream.js'
import { basePath } from './base-path.js'

/** The variables in which programs look for the address of one API. */
type Api = {
  /** For `gen_ai.provider.name`. */
  provider: string
  /** Where requests go when none of the variables is set; left out where that is not known. */
  address?: string
  variables: readonly string[]
  /** A program with such a word in its command line is another one where a variable is set that was not. */
  isAnother?: RegExp
}

/**
 * What SDKs and agents read (openai 7, @anthropic-ai/sdk 1, @google/genai 2 and 3, litellm, LangChain).
 * Bedrock is not among them: its signature is of the host.
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
    // Gemini CLI (0.61) takes another kind of login by it, and with that another model.
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

/** A variable of the environment that is to lead to us, and where it leads without us. */
export type BaseUrl = { variable: string; provider: string; upstream: URL }

/**
 * The variables that are to lead to us. Of one API those that are set; where none of the common ones
 * is, all of these, for who reads one of them may look at it before another.
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

/** The API that a variable's name begins with: `OPENAI_HOST` is OpenAI's. */
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

/** Which API a variable is of that a user has named. */
export function providerOfName(variable: string): string {
  return (
    APIS.find(({ variables }) => variables.includes(variable))?.provider ??
    apiOfName(variable)?.provider ??
    'unknown'
  )
}

/** Upstreams, each with all the variables that lead there. */
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
  // Who joins it with a path may count on the slash at its end.
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

/** An HTTP URL; nothing where a text is not one. */
export function httpUrlOf(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}
