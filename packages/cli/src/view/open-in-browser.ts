import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A browser that was asked to show a URL. */
export type Opened = {
  /** Rejects if none could be started. */
  failed: Promise<void>
  /** Deletes the file that redirected it. */
  [Symbol.dispose](): void
}

/**
 * Opens a URL in the user's browser, through a redirect file that only the user can read: the URL
 * contains a secret, and every user of the machine can see the arguments of a program.
 */
export function openInBrowser(address: string): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-view-'))
  const file = join(folder, 'open.html')
  // Built from a port and URL-encoded words: nothing in it is special in HTML or JavaScript.
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
