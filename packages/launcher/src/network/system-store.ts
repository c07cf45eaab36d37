import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { rootCertificates } from 'node:tls'
import { readCertificateFile } from './certificate-file.js'
import { blocksOf, isPlain } from './pem.js'

/**
 * Which library's rules to read by. OpenSSL finds files in a folder only by their hash, and reads
 * its own format, including purposes; rustls reads every file, but only plain certificates.
 */
export type StoreReader = 'openssl' | 'rustls'

/** Where certificates are: in one file, and in folders with a file for each. */
export type Places = { file?: string; folders: string[] }

/** Returns the system's certificate locations that exist. */
export async function systemPlaces(reader: StoreReader): Promise<Places> {
  return reader === 'openssl' ? placesOfOpenSsl() : placesOfRustls()
}

// From openssl-probe 0.2, which rustls-native-certs uses.
const FILES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, RHEL
  '/etc/pki/tls/certs/ca-bundle.crt', // older RHEL
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/pki/tls/cacert.pem', // OpenELEC
  '/etc/ssl/cert.pem', // Alpine
  '/opt/etc/ssl/certs/ca-certificates.crt', // Entware
]
const FOLDERS = ['/etc/ssl/certs', '/etc/pki/tls/certs']

/** The first existing file, and all folders. */
async function placesOfRustls(): Promise<Places> {
  return placesOf(await existing(FILES), await existing(FOLDERS))
}

// From openssl-probe 0.1, which native-tls uses.
const ROOTS = [
  ...['/var/ssl', '/usr/share/ssl', '/usr/local/ssl', '/usr/local/openssl'],
  ...['/usr/local/etc/openssl', '/usr/local/share', '/usr/lib/ssl', '/usr/ssl', '/etc/openssl'],
  ...['/etc/pki/ca-trust/extracted/pem', '/etc/pki/tls', '/etc/ssl', '/etc/certs', '/opt/etc/ssl'],
]
const NAMES = [
  ...['cert.pem', 'certs.pem', 'ca-bundle.pem', 'cacert.pem', 'ca-certificates.crt'],
  ...['certs/ca-certificates.crt', 'certs/ca-root-nss.crt', 'certs/ca-bundle.crt'],
  ...['CARootCertificates.pem', 'tls-ca-bundle.pem'],
]

/** The first existing file and the first existing folder, root by root. */
async function placesOfOpenSsl(): Promise<Places> {
  const roots = await existing(ROOTS)
  const [files, [folder]] = await Promise.all([
    existing(roots.flatMap((root) => NAMES.map((name) => join(root, name)))),
    existing(roots.map((root) => join(root, 'certs'))),
  ])
  return placesOf(files, folder === undefined ? [] : [folder])
}

function placesOf([file]: string[], folders: string[]): Places {
  return { folders, ...(file !== undefined && { file }) }
}

/** Which of a folder's files are read. */
const INDIVIDUAL: Record<StoreReader, RegExp> = { openssl: /^[0-9a-f]{8}\.\d+$/i, rustls: /./ }

/** Returns the certificates in these places, skipping what cannot be read. */
export async function certificatesIn(
  { file, folders }: Places,
  reader: StoreReader,
): Promise<string[]> {
  const texts = await Promise.all([
    ...(file === undefined ? [] : [textOf(file)]),
    ...folders.map((folder) => textsIn(folder, INDIVIDUAL[reader])),
  ])
  const blocks = texts.flat().flatMap(blocksOf)
  const own = reader === 'openssl' ? blocks : blocks.filter(isPlain)
  // The folder and the file usually hold the same certificates, and OpenSSL takes 0.2 ms to read
  // one.
  return [...new Set(own)]
}

/** Returns the certificates on systems that do not keep them in readable files: macOS, Windows. */
export function builtInCertificates(): readonly string[] {
  const system =
    'getCACertificates' in tls ? (tls.getCACertificates as CertificatesOf)('system') : []
  return [...rootCertificates, ...system]
}

/** Node 22.15 and newer. */
type CertificatesOf = (store: 'system') => string[]

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function existing(paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(exists))
  return paths.filter((_, index) => found[index])
}

async function textsIn(folder: string, names: RegExp): Promise<string[]> {
  const files = await readdir(folder).catch(() => [])
  const texts = await Promise.all(
    files.filter((name) => names.test(name)).map((name) => textOf(join(folder, name))),
  )
  return texts.flat()
}

async function textOf(path: string): Promise<string[]> {
  return readCertificateFile(path).then(
    (text) => [text],
    () => [],
  )
}
