/**
 * The hosts of model APIs that are known, with the provider's name in the GenAI conventions
 * (`gen_ai.provider.name`), where these have one.
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
]

/** Whether a host is that of a model API that is known. */
export function isKnownHost(host: string): boolean {
  return KNOWN.some(([pattern]) => pattern.test(host))
}

/** The provider behind a host, as the conventions name it; nothing where that is not known. */
export function providerAt(host: string): string | undefined {
  return KNOWN.find(([pattern]) => pattern.test(host))?.[1]
}
