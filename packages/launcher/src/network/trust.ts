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

/** What a connection is for: an agent may verify HTTP and WebSocket servers by different rules. */
export type Transport = 'http' | 'webSocket'

/** The settings for TLS. */
export type TlsRules = {
  secureContext: SecureContext
  /** The protocols to offer (ALPN); if omitted, none. */
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
  /** The agent's own variable that names a file: `CODEX_CA_CERTIFICATE`. */
  certificateVariable: string
  onProblem: (problem: NetworkProblem) => void
}

/**
 * Returns the certificates that Codex trusts. Its own variable, or else `SSL_CERT_FILE`, *adds* a
 * file to the store. The store is the system's, unless `SSL_CERT_FILE` or `SSL_CERT_DIR` is set,
 * which replace it. So a system certificate counts together with the agent's own variable, but not
 * with `SSL_CERT_FILE`. If the added file cannot be read, Codex sends HTTP without it, by OpenSSL's
 * rules, and opens no WebSocket.
 *
 * Codex offers protocols only with such a file: a server that prefers HTTP/2 then speaks HTTP/2
 * with it, and HTTP/1.1 without. We offer only HTTP/1.1. (Codex 0.169, measured:
 * test/launcher/network/trust.test.ts has the table.)
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

/**
 * As in rustls-native-certs: variables that are set, even if empty, replace the system's places.
 */
async function nativeStore(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = environment
  const isSystem = file === undefined && folders === undefined
  if (isSystem && !hasFiles()) return [...builtInCertificates()]
  const places: Places = isSystem
    ? await systemPlaces('rustls')
    : { folders: foldersOf(folders), ...(file !== undefined && { file }) }
  return certificatesIn(places, 'rustls')
}

/**
 * As in OpenSSL with openssl-probe: a variable replaces the system's place, if what it names
 * exists.
 */
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
  // One broken certificate invalidates the whole file.
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

/** All that rustls supports (docs.rs/rustls, `ALL_CIPHER_SUITES`), under OpenSSL's names. */
const RUSTLS_CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':')

const contexts = new Map<string, SecureContext>()

/**
 * Returns the same context for the same certificates: creating one takes 25 ms or more for a
 * system's store.
 */
function contextOf(client: StoreReader, certificates: string[]): SecureContext {
  const key = [client, ...certificates].join()
  const made = contexts.get(key)
  if (made !== undefined) return made
  const context = createSecureContext({
    // One by one, so that one that OpenSSL cannot read does not cost the others.
    ca: certificates,
    minVersion: 'TLSv1.2',
    // Both of the agent's clients reject RSA keys of less than 2048 bits.
    ciphers: `${client === 'rustls' ? RUSTLS_CIPHERS : DEFAULT_CIPHERS}:@SECLEVEL=2`,
    // For rustls every trusted certificate is an authority, whoever signed it.
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
