import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Network,
  networkOf,
  prepareNetwork,
} from '../../../packages/launcher/dist/network/network.js'
import { openConnection } from '../../../packages/launcher/dist/network/open-connection.js'
import type { NetworkProblem } from '../../../packages/launcher/dist/network/problem.js'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  startTlsServer,
  type TlsServer,
} from '../../network/index.js'

const CERTIFICATE_VARIABLE = 'CODEX_CA_CERTIFICATE'

let folder: string
let authority: CertificateAuthority
let other: CertificateAuthority
let server: TlsServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-trust-'))
  authority = createCertificateAuthority('the one of the server')
  other = createCertificateAuthority('another one')
  server = await startTlsServer(authority.issue())
  layOut(folder)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await authority[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** The places that the rows name. */
function layOut(folder: string): void {
  const at = (...names: string[]) => join(folder, ...names)
  copyFileSync(authority.file, at('own.pem'))
  copyFileSync(other.file, at('other.pem'))
  for (const name of ['hashed', 'plainly-named', 'empty', 'other']) mkdirSync(at(name))
  copyFileSync(authority.file, at('hashed', authority.hashedName))
  copyFileSync(authority.file, at('plainly-named', 'own.pem'))
  copyFileSync(other.file, at('other', other.hashedName))
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  writeFileSync(at('broken-and-own.pem'), `words\n${broken}${authority.certificate}`)
  writeFileSync(at('words-and-own.pem'), `# words\nmore of them\n${authority.certificate}`)
  writeFileSync(at('nothing.pem'), '')
  writeFileSync(
    at('bytes.pem'),
    Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 251)),
  )
  execFileSync('mkfifo', [at('pipe')])
  execFileSync('openssl', [
    ...['x509', '-in', authority.file, '-trustout', '-addtrust', 'emailProtection'],
    ...['-out', at('trusted.pem')],
  ])
}

type Named = { SSL_CERT_FILE?: string; SSL_CERT_DIR?: string; CODEX_CA_CERTIFICATE?: string }

/** Names in the folder become paths, separated by colons. */
function environmentOf(named: Named): NodeJS.ProcessEnv {
  const paths = Object.entries(named).map(([variable, names]) => [
    variable,
    names === ''
      ? ''
      : names
          .split(':')
          .map((name: string) => join(folder, name))
          .join(':'),
  ])
  return Object.fromEntries(paths)
}

const UNKNOWN = ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY']

/** `trusted`, or the error's code; with the variables that cannot be used. */
async function outcome(named: Named, scheme: string): Promise<{ is: string; told: string[] }> {
  const problems: NetworkProblem[] = []
  const network = networkOf(environmentOf(named), {
    certificateVariable: CERTIFICATE_VARIABLE,
    onProblem: (problem) => problems.push(problem),
  })
  const is = await connect(network, scheme)
  return { is, told: problems.map(({ variable }) => variable) }
}

async function connect(network: Network, scheme: string): Promise<string> {
  try {
    const { socket } = await openConnection(
      network,
      new URL(`${scheme}://localhost:${server.port}`),
    )
    socket.destroy()
    return 'trusted'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return UNKNOWN.includes(String(code)) ? 'unknown' : String(code)
  }
}

// As with the real Codex 0.169, except for the pipe: Codex waits for that without end.
const rows: [named: Named, https: string, wss: string, told?: string][] = [
  [{}, 'unknown', 'unknown'],
  [{ SSL_CERT_FILE: 'own.pem' }, 'trusted', 'trusted'],
  [{ SSL_CERT_DIR: 'hashed' }, 'trusted', 'trusted'],
  [{ SSL_CERT_DIR: 'plainly-named' }, 'unknown', 'trusted'],
  [{ SSL_CERT_DIR: 'empty:hashed' }, 'trusted', 'trusted'],
  [{ CODEX_CA_CERTIFICATE: 'own.pem' }, 'trusted', 'trusted'],
  [{ CODEX_CA_CERTIFICATE: 'trusted.pem' }, 'trusted', 'trusted'],
  [{ SSL_CERT_FILE: 'trusted.pem' }, 'trusted', 'trusted'],
  [{ CODEX_CA_CERTIFICATE: 'words-and-own.pem' }, 'trusted', 'trusted'],
  [{ SSL_CERT_FILE: 'own.pem', CODEX_CA_CERTIFICATE: 'other.pem' }, 'trusted', 'trusted'],
  [{ SSL_CERT_FILE: 'other.pem', CODEX_CA_CERTIFICATE: 'own.pem' }, 'trusted', 'trusted'],
  [{ SSL_CERT_FILE: 'other.pem', SSL_CERT_DIR: 'hashed' }, 'trusted', 'trusted'],
  [{ SSL_CERT_DIR: 'hashed', CODEX_CA_CERTIFICATE: 'other.pem' }, 'trusted', 'trusted'],
  [{ SSL_CERT_FILE: 'own.pem', CODEX_CA_CERTIFICATE: '' }, 'trusted', 'trusted'],
  [{ SSL_CERT_FILE: 'other.pem' }, 'unknown', 'unknown'],
  [{ CODEX_CA_CERTIFICATE: 'other.pem' }, 'unknown', 'unknown'],
  [
    { SSL_CERT_FILE: 'gone.pem', SSL_CERT_DIR: 'hashed' },
    'trusted',
    'CERTIFICATES_UNUSABLE',
    'SSL_CERT_FILE',
  ],
  [
    { SSL_CERT_FILE: 'own.pem', CODEX_CA_CERTIFICATE: 'gone.pem' },
    'trusted',
    'CERTIFICATES_UNUSABLE',
    'CODEX_CA_CERTIFICATE',
  ],
  [
    { SSL_CERT_FILE: 'own.pem', CODEX_CA_CERTIFICATE: 'pipe' },
    'trusted',
    'CERTIFICATES_UNUSABLE',
    'CODEX_CA_CERTIFICATE',
  ],
  ...['broken-and-own.pem', 'nothing.pem', 'bytes.pem', 'gone.pem', 'empty', 'pipe'].flatMap(
    (name): typeof rows => [
      [{ CODEX_CA_CERTIFICATE: name }, 'unknown', 'CERTIFICATES_UNUSABLE', 'CODEX_CA_CERTIFICATE'],
      [{ SSL_CERT_FILE: name }, 'unknown', 'CERTIFICATES_UNUSABLE', 'SSL_CERT_FILE'],
    ],
  ),
]

describe('a server whose authority stands in no store of the system', () => {
  for (const [named, https, wss, told] of rows) {
    test(JSON.stringify(named), async () => {
      const problems = told === undefined ? [] : [told]
      expect(await outcome(named, 'https')).toEqual({ is: https, told: problems })
      expect(await outcome(named, 'wss')).toEqual({ is: wss, told: problems })
    })
  }
})

test('a file that cannot be used is told once, with its variable, its path and the reason', async () => {
  const told: string[] = []
  const network = networkOf(environmentOf({ CODEX_CA_CERTIFICATE: 'pipe' }), {
    certificateVariable: CERTIFICATE_VARIABLE,
    onProblem: ({ message }) => told.push(message),
  })
  await prepareNetwork(network, new URL('https://localhost'))
  await prepareNetwork(network, new URL('wss://localhost'))
  expect(told).toEqual([
    `CODEX_CA_CERTIFICATE cannot be used (${join(folder, 'pipe')}: it is not a regular file): certificates are checked without it, as the agent checks them.`,
  ])
})

test('nothing is read for a target without TLS', async () => {
  const told: string[] = []
  const network = networkOf(environmentOf({ CODEX_CA_CERTIFICATE: 'gone.pem' }), {
    certificateVariable: CERTIFICATE_VARIABLE,
    onProblem: ({ message }) => told.push(message),
  })
  await prepareNetwork(network, new URL('http://localhost'))
  expect(told).toEqual([])
})
