import { closeSync, fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Closes the descriptors of a lost terminal at our very end: Node 20 would restore its modes, and
 * abort if that fails (fixed in Node 22). Node leaves closed descriptors alone.
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
