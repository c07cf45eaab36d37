import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEndOfFile } from '../../end-of-file.js'
import { CertificateAuthority } from '../../host/index.js'
import type { ClaudePlaceOptions } from './place.js'

const HOST = 'api.anthropic.com'

/**
 * A place whose model is at the address of Anthropic's own API: Claude Code has no user-set base
 * URL.
 *
 * @param address a loopback address that no other test uses: the port is 443.
 */
export async function anthropicHost(address: string): Promise<ClaudePlaceOptions> {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-test-ca-'))
  atEndOfFile(() => rmSync(folder, { recursive: true }))
  const authority = new CertificateAuthority(folder)
  return {
    server: { address, port: 443, tls: authority.issue(`DNS:${HOST}`) },
    hostNames: { [HOST]: address },
    environment: { ANTHROPIC_BASE_URL: undefined, NODE_EXTRA_CA_CERTS: authority.caPath },
  }
}
