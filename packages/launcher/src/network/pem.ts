/** The certificates of a PEM file, or why it is not one. */
export type Pem = { certificates: string[] } | { reason: string }

const BLOCK =
  /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----([^-]*)-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/**
 * Reads a user's own file of certificates as Codex does: all of them or none, ignoring everything
 * between them. What OpenSSL adds to a `TRUSTED CERTIFICATE` is dropped.
 */
export function readPem(text: string): Pem {
  const certificates: string[] = []
  for (const [, , base64 = ''] of text.matchAll(BLOCK)) {
    const certificate = firstElement(Buffer.from(base64, 'base64'))
    if (certificate === undefined)
      return { reason: `certificate ${certificates.length + 1} in it is broken` }
    certificates.push(pemOf(certificate))
  }
  if (certificates.length === 0) return { reason: 'there is no certificate in it' }
  return { certificates }
}

/**
 * Returns every certificate block in a system's file, valid or not: OpenSSL skips what it cannot
 * read.
 */
export function blocksOf(text: string): string[] {
  return text.match(BLOCK) ?? []
}

/** Whether a block is a certificate without additions. */
export function isPlain(block: string): boolean {
  return block.startsWith('-----BEGIN CERTIFICATE-----')
}

/** Returns the first DER element, which in a certificate is a sequence. */
function firstElement(der: Buffer): Buffer | undefined {
  const [tag, length = 0] = der
  if (tag !== 0x30) return undefined
  if (length < 0x80) return within(der, 2 + length)
  const bytes = length & 0x7f
  if (bytes === 0 || bytes > 4 || der.length < 2 + bytes) return undefined
  return within(der, 2 + bytes + der.readUIntBE(2, bytes))
}

function within(der: Buffer, end: number): Buffer | undefined {
  // An empty sequence is not a certificate.
  return end > 2 && end <= der.length ? der.subarray(0, end) : undefined
}

/** Encodes a certificate as PEM: the same text for the same certificate. */
export function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
