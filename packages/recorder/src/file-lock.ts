import { createRequire } from 'node:module'

/**
 * `held`: nobody can have the file to himself as long as the descriptor is open. `refused`: somebody
 * has it to himself. `unknown`: there are no such locks here.
 */
export type Hold = 'held' | 'refused' | 'unknown'

type Locks = {
  tryLock(fd: number, offset: number, length: number, options: { shared: boolean }): boolean
}

let locks: Locks | undefined | 'not looked for' = 'not looked for'

/**
 * Shows everybody who looks, in whatever PID namespace and, over NFS, on whatever host, that a file
 * is being written: by a shared open-file-description lock (fcntl_locking(2)), which the kernel takes
 * back when the descriptor is closed, by a kill too. Never waits, never throws.
 */
export function holdFile(descriptor: number): Hold {
  if (locks === 'not looked for') locks = findLocks()
  if (locks === undefined) return 'unknown'
  try {
    return locks.tryLock(descriptor, 0, 0, { shared: true }) ? 'held' : 'refused'
  } catch {
    // A file system without locks.
    return 'unknown'
  }
}

// Node has no call for it. The library is native and optional: without it a session is known to run
// by its heartbeat. On Windows a lock keeps others from writing, which is more than is wanted.
function findLocks(): Locks | undefined {
  if (process.platform === 'win32') return undefined
  try {
    return createRequire(import.meta.url)('fs-native-extensions') as Locks
  } catch {
    return undefined
  }
}
