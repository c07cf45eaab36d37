/**
 * The known hosts of model APIs, each with its provider's name in the GenAI conventions
 * (`gen_ai.provider.name`), if they have one.
 */
const KNOWN: readonly (readonly [host: RegExp, provider: string | undefined])[] = [
  [/^(?:[\w-]+\.)?api\.openai\.com$/, 'openai'],
  [/^chatgpt\.com$/, 'openai'],
  [/\.openai\.azure\.com$/, 'azure.ai.openai'],
  [
    /\.(?:services\.ai|cognitiveservices|models\.ai|inference\.ai)\.azure\.com$/,
    'azure.ai.inference',
  ],
  [/^api\.anthropic\.com$/, 'anthropic'],
  [/^generativelanguage\.googleapis\.com$/, 'gcp.gemini'],
  [/^cloudcode-pa\.googleapis\.com$/, 'gcp.gemini'],
  [/^(?:[\w-]+-)?aiplatform\.googleapis\.com$/, 'gcp.vertex_ai'],
  [/^bedrock-runtime[\w.-]*\.amazonaws\.com$/, 'aws.bedrock'],
  [/^api\.mistral\.ai$/, 'mistral_ai'],
  [/^api\.groq\.com$/, 'groq'],
  [/^api\.x\.ai$/, 'x_ai'],
  [/^api\.deepseek\.com$/, 'deepseek'],
  [/^api\.cohere\.(?:com|ai)$/, 'cohere'],
  [/^api\.perplexity\.ai$/, 'perplexity'],
  [/\.ml\.cloud\.ibm\.com$/, 'ibm.watsonx.ai'],
  [/^openrouter\.ai$/, undefined],
  [/^api\.together\.(?:xyz|ai)$/, undefined],
  [/^api\.fireworks\.ai$/, undefined],
  [/^(?:router|api-inference)\.huggingface\.co$/, undefined],
  [/^ai-gateway\.vercel\.sh$/, undefined],
  [/^ollama\.com$/, undefined],
]

/** Where Ollama listens unless told otherwise; paths of its own API are not those of others. */
const OLLAMA = /^(?:localhost|127\.0\.0\.1|\[::1\]):11434$/

/** Whether a URL's host is a known model API. */
export function isKnownHost({ host, hostname }: URL): boolean {
  return OLLAMA.test(host) || KNOWN.some(([pattern]) => pattern.test(hostname))
}

/** Returns the provider of a host, as the conventions name it, or undefined if unknown. */
export function providerAt(host: string): string | undefined {
  return KNOWN.find(([pattern]) => pattern.test(host))?.[1]
}
