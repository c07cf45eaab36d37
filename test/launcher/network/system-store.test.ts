import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repositoryRoot, run } from '../../host/index.js'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  startTlsServer,
  type TlsServer,
} from '../../network/index.js'
import type { Outcomes, Systems } from '../../network/programs/systems.js'

const PROGRAM = join(repositoryRoot, 'test/dist/network/programs/systems.js')
const OWN_MOUNTS = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm']
const EMPTY_ETC = ['sh', '-c', 'mount -t tmpfs none /etc && exec "$@"', 'sh']

const TRUSTED = 'trusted'
const UNKNOWN = 'unknown'

/** Paths, each with the certificate there: that of the server's authority, or of another. */
type Layout = Record<string, 'OWN' | 'OTHER'>

/** A system, and the results of an `https:` and a `wss:` connection with the real Codex 0.169. */
type Row = [layout: Layout, environment: Record<string, string>, https: string, wss: string]

// HASHED is OpenSSL's name for the server's authority.
const places: Row[] = (
  [
    ['/etc/ssl/certs/ca-certificates.crt', TRUSTED, TRUSTED],
    ['/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', TRUSTED, TRUSTED],
    ['/etc/pki/tls/certs/ca-bundle.crt', TRUSTED, TRUSTED],
    ['/etc/ssl/ca-bundle.pem', TRUSTED, TRUSTED],
    ['/etc/pki/tls/cacert.pem', TRUSTED, TRUSTED],
    ['/etc/ssl/cert.pem', TRUSTED, TRUSTED],
    ['/etc/ssl/certs/HASHED', TRUSTED, TRUSTED],
    ['/etc/pki/tls/certs/HASHED', TRUSTED, TRUSTED],
    ['/etc/ssl/certs/own.pem', UNKNOWN, TRUSTED],
    ['/etc/ssl/certs.pem', TRUSTED, UNKNOWN],
    ['/etc/certs/ca-certificates.crt', TRUSTED, UNKNOWN],
    ['/etc/openssl/cert.pem', TRUSTED, UNKNOWN],
    ['/etc/openssl/certs/HASHED', TRUSTED, UNKNOWN],
    ['/etc/ssl/ca-bundle.crt', UNKNOWN, UNKNOWN],
  ] as const
).map(([path, https, wss]) => [{ [path]: 'OWN' }, {}, https, wss])

const bundle = '/etc/pki/tls/certs/ca-bundle.crt'
const newerBundle = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'
const several: Row[] = [
  [{}, {}, UNKNOWN, UNKNOWN],
  [{ [bundle]: 'OTHER', '/etc/ssl/ca-bundle.pem': 'OWN' }, {}, UNKNOWN, UNKNOWN],
  [{ [bundle]: 'OTHER', [newerBundle]: 'OWN' }, {}, TRUSTED, TRUSTED],
  [{ [newerBundle]: 'OTHER', [bundle]: 'OWN' }, {}, UNKNOWN, TRUSTED],
]

const FILE: Layout = { '/etc/ssl/certs/ca-certificates.crt': 'OWN' }
const FOLDER: Layout = { '/etc/ssl/certs/HASHED': 'OWN' }
const variables: Row[] = (
  [
    // With the file, and with the folder.
    [{}, [TRUSTED, TRUSTED], [TRUSTED, TRUSTED]],
    [{ CODEX_CA_CERTIFICATE: 'OTHER' }, [TRUSTED, TRUSTED], [TRUSTED, TRUSTED]],
    [{ CODEX_CA_CERTIFICATE: '' }, [TRUSTED, TRUSTED], [TRUSTED, TRUSTED]],
    [{ CODEX_CA_CERTIFICATE: '/nowhere' }, [TRUSTED, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ CODEX_CA_CERTIFICATE: '/' }, [TRUSTED, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ SSL_CERT_FILE: 'OTHER' }, [UNKNOWN, UNKNOWN], [UNKNOWN, UNKNOWN]],
    [{ SSL_CERT_FILE: '' }, [TRUSTED, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ SSL_CERT_FILE: '/nowhere' }, [TRUSTED, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ SSL_CERT_FILE: '/' }, [UNKNOWN, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ SSL_CERT_FILE: PROGRAM }, [UNKNOWN, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ SSL_CERT_DIR: '' }, [TRUSTED, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ SSL_CERT_DIR: '/' }, [TRUSTED, UNKNOWN], [UNKNOWN, UNKNOWN]],
    [{ SSL_CERT_DIR: '/nowhere' }, [TRUSTED, UNKNOWN], [TRUSTED, UNKNOWN]],
    [{ SSL_CERT_DIR: PROGRAM }, [TRUSTED, UNKNOWN], [UNKNOWN, UNKNOWN]],
    [
      { CODEX_CA_CERTIFICATE: 'OTHER', SSL_CERT_FILE: 'OTHER' },
      [UNKNOWN, UNKNOWN],
      [UNKNOWN, UNKNOWN],
    ],
  ] as [Record<string, string>, [string, string], [string, string]][]
).flatMap(([environment, file, folder]): Row[] => [
  [FILE, environment, ...file],
  [FOLDER, environment, ...folder],
])

const rows = [...places, ...several, ...variables]

let own: CertificateAuthority
let other: CertificateAuthority
let server: TlsServer
let outcomes: Outcomes

beforeAll(async () => {
  own = createCertificateAuthority('the one of the server')
  other = createCertificateAuthority('another one')
  server = await startTlsServer(own.issue())
  outcomes = await outcomesIn(rows.map(systemOf))
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await own[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
})

function systemOf([layout, environment]: Row): Systems['systems'][number] {
  const file = { OWN: own.file, OTHER: other.file }
  const files = Object.entries(layout).map(([path, whose]) => [
    path.replace('HASHED', own.hashedName),
    file[whose],
  ])
  const named = Object.entries(environment).map(([name, value]) => [
    name,
    value === 'OTHER' ? other.file : value,
  ])
  return { files: Object.fromEntries(files), environment: Object.fromEntries(named) }
}

/** All of them in one process, whose /etc contains nothing else. */
async function outcomesIn(systems: Systems['systems']): Promise<Outcomes> {
  const [program = '', ...args] = [...OWN_MOUNTS, ...EMPTY_ETC, process.execPath, PROGRAM]
  const targets = ['https', 'wss'].map((scheme) => `${scheme}://127.0.0.1:${server.port}`)
  const { stdout, stderr } = await run(program, args, {
    env: { PATH: process.env.PATH },
    stdin: JSON.stringify({ targets, systems } satisfies Systems),
  })
  if (stdout.length === 0) throw new Error(`no system was tried: ${stderr}`)
  return JSON.parse(stdout.toString())
}

describe('which certificates of the system count, as with the real Codex 0.169', () => {
  for (const [index, [layout, environment, ...expected]] of rows.entries()) {
    const title = JSON.stringify({ ...layout, ...environment }).replaceAll(repositoryRoot, '')
    test(`${index}: ${title}`, () => {
      const seen = outcomes[index]?.map((outcome) => (outcome === TRUSTED ? TRUSTED : UNKNOWN))
      expect(seen).toEqual(expected)
    })
  }
})
