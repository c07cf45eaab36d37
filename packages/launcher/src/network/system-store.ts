import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { rootCertificates } from 'node:tls'
import { readCertificateFile } from './certificate-file.js'
import { blocksOf } from './pem.js'

/** Where distributions keep all of their certificates in one file; the first that is there counts. */
const FILES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, RHEL
  '/etc/pki/tls/certs/ca-bundle.crt', // older RHEL
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/pki/tls/cacert.pem', // OpenELEC
  '/etc/ssl/cert.pem', // Alpine, macOS and the BSDs
  '/opt/etc/ssl/certs/ca-certificates.crt', // Entware
  '/usr/local/etc/ssl/cert.pem', // FreeBSD
]

/** Where they keep one file for each, under the hash of its subject; all of these count. */
const FOLDERS = ['/etc/ssl/certs', '/etc/pki/tls/certs']

/** Where the system's certificates are: places of its own, or those that the user names instead. */
export type Places = { file?: string; folders: string[] }

/** The places of this system that exist. */
export async function systemPlaces(): Promise<Places> {
  const [files, folders] = await Promise.all([existing(FILES), existing(FOLDERS)])
  const [file] = files
  return { folders, ...(file !== undefined && { file }) }
}

/**
 * The certificates in these places. What cannot be read is left out, as OpenSSL does.
 *
 * @param names which of a folder's files: OpenSSL finds only those that are named by their hash.
 */
export async function certificatesIn(
  { file, folders }: Places,
  names: RegExp = HASHED,
): Promise<string[]> {
  const texts = await Promise.all([
    ...(file === undefined ? [] : [textOf(file)]),
    ...folders.map((folder) => textsIn(folder, names)),
  ])
  // The folder and the file mostly hold the same, and reading a certificate takes OpenSSL 0.2 ms.
  return [...new Set(texts.flat().flatMap(blocksOf))]
}

/** A file that `openssl rehash` has named. */
export const HASHED = /^[0-9a-fA-F]{8}\.\d$/

/** Where certificates are kept in no files that we could read: macOS, Windows. */
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
