const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A body as text, or, where it is none, as base64. */
export function bodyText(bytes: Uint8Array): { text: string; encoding?: 'base64' } {
  try {
    return { text: strict.decode(bytes) }
  } catch {
    return { text: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
  }
}
