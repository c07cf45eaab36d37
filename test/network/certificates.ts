import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate with its key, in PEM. */
export type Identity = { certificate: string; key: string }

/** An authority of a test's own, whose certificates nobody else trusts. */
export type CertificateAuthority = AsyncDisposable & {
  /** A file with its certificate. */
  file: string
  /** Its certificate, in PEM. */
  certificate: string
  /** A folder with its certificate, as OpenSSL finds it there. */
  folder: string
  /** How OpenSSL names its file in a folder of certificates: `0a1b2c3d.0`. */
  hashedName: string
  /** A certificate for these names and addresses. */
  issue(options?: { names?: readonly string[]; addresses?: readonly string[] }): Identity
}

/** The names and addresses of a test's servers, which its hosts file must lead to the loopback. */
const NAMES = ['localhost', '*.internal.test']
const ADDRESSES = ['127.0.0.1', '::1']

/**
 * Makes an authority with `openssl`, in a folder that is gone at the end.
 *
 * @param name stands in its subject: two of different names have different hashes.
 */
export function createCertificateAuthority(name: string): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-authority-'))
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  // The shortest keys that are not refused: an RSA key takes a second.
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'authority.key')
  openssl(
    ...['req', '-x509', '-new', '-key', 'authority.key', '-out', 'authority.pem', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  )
  const hashedName = `${openssl('x509', '-hash', '-noout', '-in', 'authority.pem').trim()}.0`
  mkdirSync(join(folder, 'hashed'))
  copyFileSync(join(folder, 'authority.pem'), join(folder, 'hashed', hashedName))
  let issued = 0
  return {
    folder: join(folder, 'hashed'),
    hashedName,
    file: join(folder, 'authority.pem'),
    certificate: readFileSync(join(folder, 'authority.pem'), 'utf8'),
    issue({ names = NAMES, addresses = ADDRESSES } = {}) {
      issued += 1
      const own = `issued-${issued}`
      mkdirSync(join(folder, own))
      const alternatives = [
        ...names.map((one) => `DNS:${one}`),
        ...addresses.map((one) => `IP:${one}`),
      ]
      writeFileSync(
        join(folder, own, 'extensions'),
        `subjectAltName=${alternatives.join(',')}\nbasicConstraints=CA:FALSE\n`,
      )
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${own}/key`)
      openssl('req', '-new', '-key', `${own}/key`, '-subj', `/CN=${own}`, '-out', `${own}/request`)
      openssl(
        ...['x509', '-req', '-in', `${own}/request`, '-days', '2', '-out', `${own}/certificate`],
        ...['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'],
        ...['-extfile', `${own}/extensions`],
      )
      return {
        certificate: readFileSync(join(folder, own, 'certificate'), 'utf8'),
        key: readFileSync(join(folder, own, 'key'), 'utf8'),
      }
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
