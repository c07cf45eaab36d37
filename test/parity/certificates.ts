import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEndOfFile } from '../end-of-file.js'
import { type Certificate, CertificateAuthority, type CertificateKind } from '../host/index.js'

let made: CertificateAuthority | undefined
const issued = new Map<CertificateKind, Certificate>()

/** The certificate authority for all rows of a test file, created when first needed. */
export function authority(): CertificateAuthority {
  if (made !== undefined) return made
  const folder = mkdtempSync(join(tmpdir(), 'tacho-parity-ca-'))
  atEndOfFile(() => {
    made = undefined
    issued.clear()
    rmSync(folder, { recursive: true, force: true })
  })
  made = new CertificateAuthority(folder)
  return made
}

/** A certificate of a given kind for the upstream's names. */
export function certificateOf(kind: CertificateKind): Certificate {
  const certificate = issued.get(kind) ?? authority().issue(NAMES, kind)
  issued.set(kind, certificate)
  return certificate
}

const NAMES = 'DNS:model.test,DNS:api.openai.com,DNS:auth.openai.com,DNS:chatgpt.com,IP:127.0.0.1'
