import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { pemOf } from './pem.js'
import type { StoreReader } from './system-store.js'

/** Says why a certificate, whose chain is good, is not this host's; undefined where it is. */
export type IdentityCheck = (host: string, certificate: PeerCertificate) => Error | undefined

/**
 * What the agent's clients ask of a server's own certificate beyond what Node asks. Neither takes
 * part of a label for a wildcard (`a*.example.com`). rustls wants names in the extension for them,
 * and neither an authority nor a certificate that is trusted as one, but for one that signed itself.
 * (Codex 0.169, measured: test/launcher/network/identity.test.ts has the table.)
 *
 * @param trusted what is trusted, in PEM as {@link pemOf} writes it.
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
    // Without any name left, Node would ask for the one in the subject.
    .map((name) => (/^DNS:(?!\*\.)[^.]*\*/.test(name) ? 'DNS:invalid' : name))
  return { ...certificate, subjectaltname: names.join(', ') }
}

function refusal(host: string, why: string): Error {
  const message = `the certificate of ${host} is refused: ${why}`
  return Object.assign(new Error(message), { code: 'CERTIFICATE_REFUSED' })
}
