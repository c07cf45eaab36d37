import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * `held`: nobody can have the file to himself as long as the descriptor is open. `refused`: somebody
 * has it to himself. `unknown`: there are no such locks here.
 */
export type Hold = 'held' | 'refused' | 'unknown'

type Locks = { tryLock(fd: number, offset: number, length: number, isExclusive: boolean): void }

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
    locks.tryLock(descriptor, 0, 0, false)
    return 'held'
  } catch (error) {
    // All others come from a file system without locks.
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'refused' : 'unknown'
  }
}

// Node has no call for it. The library is native and optional: without it a session is known to run
// by its heartbeat. On Windows a lock keeps others from writing, which is more than is wanted.
function findLocks(): Locks | undefined {
  if (process.platform === 'win32') return undefined
  const require = createRequire(import.meta.url)
  return (
    loaded(() => {
      // What its own loader comes to as well, after looking everywhere for 10 ms.
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
