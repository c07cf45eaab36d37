import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { pemOf } from './pem.js'
import type { StoreReader } from './system-store.js'

/**
 * Returns why a certificate with a valid chain does not belong to this host, or undefined if it
 * does.
 */
export type IdentityCheck = (host: string, certificate: PeerCertificate) => Error | undefined

/**
 * Returns the checks that the agent's clients add to Node's for a server's own certificate. Neither
 * accepts a wildcard for part of a label (`a*.example.com`). rustls requires names in the
 * extension, and rejects an authority's certificate and one that is trusted as an authority, unless
 * it is self-signed. (Codex 0.169, measured: test/launcher/network/identity.test.ts has the table.)
 *
 * @param trusted the trusted certificates, as PEM written by {@link pemOf}.
 */
export function identityCheckOf(
  client: StoreReader,
  trusted: readonly string[] = [],
): IdentityCheck {
  return (host, certificate) => {
    const own = withoutPartialWildcards(certificate)
    if (client === 'openssl') return checkServerIdentity(host, own)
    if (certificate.ca) return refusal(host, 'it is that of an authority')
    if (own.subjectaltname === undefined) return refusal(host, 'it names no host as a host')
    const isSelfSigned = String(certificate.issuer.CN) === String(certificate.subject.CN)
    if (!isSelfSigned && trusted.includes(pemOf(certificate.raw)))
      return refusal(host, 'it is trusted as an authority')
    return checkServerIdentity(host, own)
  }
}

function withoutPartialWildcards(certificate: PeerCertificate): PeerCertificate {
  const { subjectaltname } = certificate
  if (!subjectaltname?.includes('*')) return certificate
  const names = subjectaltname
    .split(', ')
    // If no name were left, Node would check the subject's.
    .map((name) => (/^DNS:(?!\*\.)[^.]*\*/.test(name) ? 'DNS:invalid' : name))
  return { ...certificate, subjectaltname: names.join(', ') }
}

function refusal(host: string, why: string): Error {
  const message = `the certificate of ${host} is refused: ${why}`
  return Object.assign(new Error(message), { code: 'CERTIFICATE_REFUSED' })
}
