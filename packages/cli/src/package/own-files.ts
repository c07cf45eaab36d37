import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// This file is two folders below the package's own, built (dist/package/) and bundled (dist/command/,
// dist/quick/).

/** The program that a user runs. */
export const TACHO = fileURLToPath(new URL('../../bin/tacho.js', import.meta.url))

/** The version of this Tacho. */
export function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return (manifest as { version: string }).version
}
