import type { Row } from './row.js'

/** The part of Codex's list of models that is not compared when Codex uses an API key. */
export const NO_LIST = {
  what: 'beside',
  reason: 'with a key Codex asks ChatGPT for its models only where no base URL is given',
} as const

/** Codex's own provider at its own address, with a certificate that its own variable trusts. */
export function ownProvider(login: NonNullable<Row['login']>): Partial<Row> {
  return {
    login,
    host: login === 'ChatGPT' ? 'chatgpt.com' : 'api.openai.com',
    tls: {},
    environment: ({ ca }) => ({ CODEX_CA_CERTIFICATE: ca }),
    ...(login !== 'ChatGPT' && { notCompared: [NO_LIST] }),
  }
}
