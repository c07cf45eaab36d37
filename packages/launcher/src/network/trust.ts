import { createSecureContext, DEFAULT_CIPHERS, type SecureContext } from 'node:tls'
import { readCertificateFile } from './certificate-file.js'
import { type IdentityCheck, identityCheckOf } from './identity.js'
import { readPem } from './pem.js'
import { NetworkError, type NetworkProblem } from './problem.js'
import {
  builtInCertificates,
  certificatesIn,
  exists,
  type Places,
  type StoreReader,
  systemPlaces,
} from './system-store.js'

/** What a connection is for: an agent may check its HTTP and its WebSockets by different rules. */
export type Transport = 'http' | 'webSocket'

/** How TLS is spoken. */
export type TlsRules = {
  secureContext: SecureContext
  /** What is offered (ALPN); left out: nothing. */
  protocols?: string[]
  checkIdentity: IdentityCheck
}

/** Which certificates are trusted. */
export type Trust = {
  /** Reads the certificates once, when they are first needed. */
  rulesFor(transport: Transport): Promise<TlsRules>
}

export type TrustOptions = {
  environment: NodeJS.ProcessEnv
  /** The agent's own variable, which names a file: `CODEX_CA_CERTIFICATE`. */
  certificateVariable: string
  onProblem: (problem: NetworkProblem) => void
}

/**
 * The certificates that Codex trusts. Its own variable, or else `SSL_CERT_FILE`, *adds* a file to
 * the store; and the store is the system's, in whose place `SSL_CERT_FILE` and `SSL_CERT_DIR` stand
 * where they are set. So a certificate of the system counts beside the agent's own variable, and not
 * beside `SSL_CERT_FILE`. Where the file to add cannot be read, Codex sends HTTP without it, by the
 * rules of OpenSSL, and opens no WebSocket.
 *
 * Only with such a file it offers protocols: a server that prefers HTTP/2 then speaks HTTP/2 with
 * it, and HTTP/1.1 without. We offer HTTP/1.1 alone.
 * (Codex 0.169, measured: test/launcher/network/trust.test.ts has the table.)
 */
export function trustOf(options: TrustOptions): Trust {
  const { environment } = options
  const added = once(() => addedFile(options))
  const rules = {
    http: once(async () => rulesForHttp(environment, await added())),
    webSocket: once(async () => rulesForWebSockets(environment, await added())),
  }
  return { rulesFor: (transport) => rules[transport]() }
}

type Added = { certificates: string[] } | { problem: NetworkProblem } | undefined

async function rulesForHttp(environment: NodeJS.ProcessEnv, added: Added): Promise<TlsRules> {
  if (added === undefined || 'problem' in added)
    return rulesOf('openssl', await openSslStore(environment))
  const store = await nativeStore(environment)
  return { ...rulesOf('rustls', store, added.certificates), protocols: ['http/1.1'] }
}

async function rulesForWebSockets(environment: NodeJS.ProcessEnv, added: Added): Promise<TlsRules> {
  if (added !== undefined && 'problem' in added)
    throw new NetworkError('CERTIFICATES_UNUSABLE', added.problem.message)
  return rulesOf('rustls', await nativeStore(environment), added?.certificates)
}

function rulesOf(client: StoreReader, store: string[], added: string[] = []): TlsRules {
  return {
    secureContext: contextOf(client, [...store, ...added]),
    checkIdentity: identityCheckOf(client, added),
  }
}

async function addedFile(options: TrustOptions): Promise<Added> {
  const { environment, certificateVariable } = options
  const variable = [certificateVariable, 'SSL_CERT_FILE'].find((name) => environment[name])
  if (variable === undefined) return undefined
  const path = environment[variable] ?? ''
  const read = await certificatesOf(path)
  if ('certificates' in read) return read
  const message = `${variable} cannot be used (${path}: ${read.reason}): certificates are checked without it, as the agent checks them.`
  const problem = { variable, message }
  options.onProblem(problem)
  return { problem }
}

/** As rustls-native-certs: variables that are set, be it to nothing, stand in the system's place. */
async function nativeStore(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = environment
  const isSystem = file === undefined && folders === undefined
  if (isSystem && !hasFiles()) return [...builtInCertificates()]
  const places: Places = isSystem
    ? await systemPlaces('rustls')
    : { folders: foldersOf(folders), ...(file !== undefined && { file }) }
  return certificatesIn(places, 'rustls')
}

/** As OpenSSL behind openssl-probe: a variable stands in the place of what it names, if that exists. */
async function openSslStore(environment: NodeJS.ProcessEnv): Promise<string[]> {
  if (!hasFiles()) return [...builtInCertificates()]
  const { SSL_CERT_FILE: file = '', SSL_CERT_DIR: folders = '' } = environment
  const [system, hasFile, hasFolder] = await Promise.all([
    systemPlaces('openssl'),
    file !== '' && exists(file),
    folders !== '' && exists(folders),
  ])
  const places: Places = {
    folders: [...foldersOf(folders), ...(hasFolder ? [] : system.folders)],
    ...(!hasFile && system.file !== undefined && { file: system.file }),
  }
  // A file that is broken somewhere counts for nothing.
  const own = hasFile ? await certificatesOf(file) : { certificates: [] }
  const found = await certificatesIn(places, 'openssl')
  return 'certificates' in own ? [...found, ...own.certificates] : found
}

function foldersOf(value: string | undefined): string[] {
  return (value ?? '').split(':').filter((folder) => folder !== '')
}

/** macOS and Windows keep their certificates elsewhere. */
function hasFiles(): boolean {
  return process.platform !== 'darwin' && process.platform !== 'win32'
}

async function certificatesOf(path: string): Promise<ReturnType<typeof readPem>> {
  try {
    return readPem(await readCertificateFile(path))
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

/** All that rustls speaks (docs.rs/rustls, `ALL_CIPHER_SUITES`), by OpenSSL's names. */
const RUSTLS_CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':')

const contexts = new Map<string, SecureContext>()

/** For the same certificates the same context: making one takes 25 ms and more for a system's store. */
function contextOf(client: StoreReader, certificates: string[]): SecureContext {
  const key = [client, ...certificates].join()
  const made = contexts.get(key)
  if (made !== undefined) return made
  const context = createSecureContext({
    // One by one, so that one that OpenSSL does not read costs no other.
    ca: certificates,
    minVersion: 'TLSv1.2',
    // Both of the agent's clients refuse RSA keys of less than 2048 bits.
    ciphers: `${client === 'rustls' ? RUSTLS_CIPHERS : DEFAULT_CIPHERS}:@SECLEVEL=2`,
    // For rustls an authority is one that is trusted, whoever has signed it.
    allowPartialTrustChain: client === 'rustls',
  })
  contexts.set(key, context)
  return context
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
