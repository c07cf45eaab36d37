import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A browser that was asked to show an address. */
export type Opened = {
  /** Rejects where none could be started. */
  failed: Promise<void>
  /** Takes away what led it there. */
  [Symbol.dispose](): void
}

/**
 * Opens an address in the user's browser. It goes there by a file that only the user can read: the
 * address holds a secret, and every user of the machine sees the arguments of a program.
 */
export function openInBrowser(address: string): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-view-'))
  const file = join(folder, 'open.html')
  // Made of a port and URL-encoded words: nothing in it means anything in HTML or JavaScript.
  const page = `<!doctype html><meta charset="utf-8"><title>Tacho</title><script>location.replace(${JSON.stringify(address).replaceAll('<', '\\u003c')})</script>`
  writeFileSync(file, page, { mode: 0o600 })
  const [program, ...words] = opener(file)
  const child = spawn(program, words, { stdio: 'ignore', detached: true })
  child.unref()
  const failed = Promise.race([
    once(child, 'error').then(([cause]) => Promise.reject(cause)),
    once(child, 'exit').then(([code]) => {
      if (code !== 0) throw new Error(`${program} ended with ${code}`)
    }),
  ]).then(() => undefined)
  return {
    failed,
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function opener(file: string): [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', file]
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '', file]
  return ['xdg-open', file]
}
