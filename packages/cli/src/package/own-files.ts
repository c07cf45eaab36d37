import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// This file is two folders below the package root, both built (dist/package/) and bundled
// (dist/command/, dist/quick/).

/** The program that a user runs. */
export const TACHO = fileURLToPath(new URL('../../bin/tacho.js', import.meta.url))

/** Returns the version of this Tacho. */
export function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return (manifest as { version: string }).version
}
