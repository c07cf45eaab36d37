import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate with its key, in PEM. */
export type Identity = { certificate: string; key: string }

/** A test's own authority, whose certificates nobody else trusts. */
export type CertificateAuthority = AsyncDisposable & {
  /** A file with its certificate, and one with its key. */
  file: string
  keyFile: string
  /** Its certificate, in PEM. */
  certificate: string
  /** A folder with its certificate, where OpenSSL finds it. */
  folder: string
  /** OpenSSL's name for its file in a folder of certificates: `0a1b2c3d.0`. */
  hashedName: string
  /**
   * A certificate, by default for `localhost`, the hosts of internal.test and the loopback
   * addresses.
   */
  issue(options?: IssueOptions): Identity
}

export type IssueOptions = {
  names?: readonly string[]
  addresses?: readonly string[]
  /** Its subject; default: a name that no host has. */
  commonName?: string
  /** It may issue certificates. */
  isAuthority?: boolean
  /** The argument of `openssl req -newkey`; default: `ec:` with the curve P-256. */
  keyType?: string
}

/** The names and addresses of a test's servers; its hosts file must map them to the loopback. */
const NAMES = ['localhost', '*.internal.test']
const ADDRESSES = ['127.0.0.1', '::1']

/**
 * Creates an authority with `openssl`, in a folder that is removed at the end.
 *
 * @param name goes into its subject: different names have different hashes.
 * @param parent signs it; default: it signs itself.
 */
export function createCertificateAuthority(
  name: string,
  parent?: CertificateAuthority,
): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-authority-'))
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  // A key of this kind takes no time; an RSA key takes a second.
  openssl('ecparam', '-name', 'prime256v1', '-out', 'curve')
  writeFileSync(
    join(folder, 'extensions'),
    'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n',
  )
  openssl(
    ...['req', '-new', '-newkey', 'ec:curve', '-nodes', '-keyout', 'authority.key'],
    ...['-subj', `/CN=${name}`, '-out', 'authority.request'],
  )
  openssl(
    ...['x509', '-req', '-in', 'authority.request', '-days', '2', '-out', 'authority.pem'],
    ...['-extfile', 'extensions'],
    ...(parent === undefined
      ? ['-signkey', 'authority.key']
      : ['-CA', parent.file, '-CAkey', parent.keyFile, '-set_serial', '1']),
  )
  const hashedName = `${openssl('x509', '-hash', '-noout', '-in', 'authority.pem').trim()}.0`
  mkdirSync(join(folder, 'hashed'))
  copyFileSync(join(folder, 'authority.pem'), join(folder, 'hashed', hashedName))
  let issued = 0
  return {
    folder: join(folder, 'hashed'),
    hashedName,
    file: join(folder, 'authority.pem'),
    keyFile: join(folder, 'authority.key'),
    certificate: readFileSync(join(folder, 'authority.pem'), 'utf8'),
    issue(options = {}) {
      const { names = NAMES, addresses = ADDRESSES, isAuthority = false } = options
      issued += 1
      const own = `issued-${issued}`
      mkdirSync(join(folder, own))
      const alternatives = [
        ...names.map((one) => `DNS:${one}`),
        ...addresses.map((one) => `IP:${one}`),
      ]
      writeFileSync(
        join(folder, own, 'extensions'),
        [
          ...(alternatives.length > 0 ? [`subjectAltName=${alternatives.join(',')}`] : []),
          `basicConstraints=CA:${isAuthority ? 'TRUE' : 'FALSE'}\n`,
        ].join('\n'),
      )
      const keyType = options.keyType ?? 'ec:curve'
      openssl(
        ...['req', '-new', '-newkey', keyType, '-nodes', '-keyout', `${own}/key`],
        ...['-subj', `/CN=${options.commonName ?? own}`, '-out', `${own}/request`],
      )
      openssl(
        ...['x509', '-req', '-in', `${own}/request`, '-days', '2', '-out', `${own}/certificate`],
        ...['-CA', 'authority.pem', '-CAkey', 'authority.key', '-set_serial', `${issued}`],
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
