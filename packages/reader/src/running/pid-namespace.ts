import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

let own: string | undefined

/**
 * Returns the namespace in which our own process ids are valid, as a manifest names it
 * (`pidNamespace`, docs/format.md).
 */
export function ownPidNamespace(): string {
  own ??= createHash('sha256').update(namespaceName()).digest('hex').slice(0, 16)
  return own
}

function namespaceName(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}
