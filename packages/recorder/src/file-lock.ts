import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * `held`: nobody can lock the file exclusively while the descriptor is open. `refused`: someone has
 * locked it exclusively. `unknown`: such locks are not available here.
 */
export type Hold = 'held' | 'refused' | 'unknown'

type Locks = { tryLock(fd: number, offset: number, length: number, isExclusive: boolean): void }

let locks: Locks | undefined | 'not looked for' = 'not looked for'

/**
 * Shows other processes, in any PID namespace and, over NFS, on any host, that a file is being
 * written. Uses a shared open-file-description lock (fcntl_locking(2)), which the kernel releases
 * when the descriptor is closed, also by a kill. Never waits, never throws.
 */
export function holdFile(descriptor: number): Hold {
  if (locks === 'not looked for') locks = findLocks()
  if (locks === undefined) return 'unknown'
  try {
    locks.tryLock(descriptor, 0, 0, false)
    return 'held'
  } catch (error) {
    // All other errors mean that the file system has no locks.
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'refused' : 'unknown'
  }
}

// Node has no call for such locks. The library is native and optional: without it, the heartbeat
// shows that a session is running. On Windows a lock would keep others from writing, which is not
// wanted.
function findLocks(): Locks | undefined {
  if (process.platform === 'win32') return undefined
  const require = createRequire(import.meta.url)
  return (
    loaded(() => {
      // The library's own loader finds the same file, after searching for 10 ms.
      const folder = dirname(require.resolve('fs-native-extensions'))
      const platform = `${process.platform}-${process.arch}`
      return require(join(folder, 'prebuilds', platform, 'fs-native-extensions.node'))
    }) ?? loaded(() => require('fs-native-extensions/binding.js'))
  )
}

function loaded(load: () => unknown): Locks | undefined {
  try {
    return load() as Locks
  } catch {
    return undefined
  }
}
