import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PeerCertificate } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identityCheckOf } from '../../../packages/launcher/dist/network/identity.js'
import { networkOf } from '../../../packages/launcher/dist/network/network.js'
import { openConnection } from '../../../packages/launcher/dist/network/open-connection.js'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type Identity,
  type IssueOptions,
  startTlsServer,
} from '../../network/index.js'

let folder: string
let authority: CertificateAuthority

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-identity-'))
  authority = createCertificateAuthority('localhost')
})

afterAll(async () => {
  await authority[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const TAKEN = 'taken'
const REFUSED = 'refused'

/** By OpenSSL, which Codex uses for HTTP, and by rustls, which it uses with a file of its own. */
async function outcomes(
  identity: Identity,
  trusted: Pick<CertificateAuthority, 'file' | 'folder'> = authority,
): Promise<string[]> {
  // Servers may be weaker than what clients accept.
  await using server = await startTlsServer(identity, { ciphers: 'DEFAULT@SECLEVEL=0' })
  const environments = [
    { SSL_CERT_FILE: '', SSL_CERT_DIR: trusted.folder },
    { SSL_CERT_FILE: trusted.file },
  ]
  return await Promise.all(
    environments.map(async (environment) => {
      const network = networkOf(environment, { certificateVariable: 'CODEX_CA_CERTIFICATE' })
      const target = new URL(`https://localhost:${server.port}`)
      const opened = await openConnection(network, target).catch(theRefusal)
      opened?.socket.destroy()
      return opened === undefined ? REFUSED : TAKEN
    }),
  )
}

/** An unreachable server refuses no certificate. */
function theRefusal(error: NodeJS.ErrnoException): undefined {
  if (error.code?.startsWith('ECONN')) throw error
}

describe('which certificates a server may have, as with the real Codex 0.169', () => {
  const rows: [title: string, options: IssueOptions, openssl: string, rustls: string][] = [
    ['for the host', { names: ['localhost'] }, TAKEN, TAKEN],
    ['in capitals', { names: ['LOCALHOST'] }, TAKEN, TAKEN],
    ['for another host', { names: ['other.test'] }, REFUSED, REFUSED],
    [
      'for the host in its subject alone',
      { names: [], addresses: [], commonName: 'localhost' },
      TAKEN,
      REFUSED,
    ],
    ['of an authority', { isAuthority: true }, TAKEN, REFUSED],
    ['with a short RSA key', { keyType: 'rsa:1024' }, REFUSED, REFUSED],
    ['with a longer one', { keyType: 'rsa:2048' }, TAKEN, TAKEN],
    ['with an Ed25519 key', { keyType: 'ed25519' }, TAKEN, TAKEN],
  ]
  for (const [title, options, ...expected] of rows) {
    test(`one ${title}`, async () => {
      expect(await outcomes(authority.issue(options))).toEqual(expected)
    })
  }

  test('a wildcard is a whole label', async () => {
    const hosts = ['a1.internal.test', 'a1.internal.test', 'x.a1.internal.test', 'internal.test']
    const names = ['a*.internal.test', '*.internal.test', '*.internal.test', '*.internal.test']
    const seen: boolean[] = []
    for (const [index, name] of names.entries()) {
      const check = identityCheckOf('openssl')
      const certificate = { subject: {}, issuer: {}, subjectaltname: `DNS:${name}` }
      seen.push(check(hosts[index] ?? '', certificate as PeerCertificate) === undefined)
    }
    expect(seen).toEqual([false, true, false, false])
  })

  test('one that is trusted itself', async () => {
    const issued = authority.issue()
    const file = join(folder, 'issued.pem')
    writeFileSync(file, issued.certificate)
    const trusted = { file, folder: join(folder, 'none') }
    expect(await outcomes(issued, trusted)).toEqual([REFUSED, REFUSED])
  })

  test('one of an authority that is trusted, and signed by one that is not', async () => {
    await using own = createCertificateAuthority('below', authority)
    // rustls accepts any trusted certificate as the start of a chain, OpenSSL only a self-signed
    // one.
    expect(await outcomes(own.issue(), own)).toEqual([REFUSED, TAKEN])
  })
})
