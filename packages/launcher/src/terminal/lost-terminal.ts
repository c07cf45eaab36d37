import { closeSync, fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Lets go, at our very end, of a terminal that was closed: Node 20 would put back its modes, and
 * abort where that fails (mended in Node 22). Descriptors that are closed it leaves alone.
 */
export function letGoOfLostTerminal(): void {
  process.once('exit', () => {
    for (const descriptor of [0, 1, 2]) {
      if (isLost(descriptor)) closeSync(descriptor)
    }
  })
}

function isLost(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor)
  } catch {
    return false
  }
}
