import type { FolderToRead } from './read-folder.js'

/** Folders of a root that threads read together. */
export type SharedFolders = {
  root: string
  folders: readonly FolderToRead[]
  /** How many have been taken, the first first: shared memory, changed by `Atomics` alone. */
  taken: Int32Array<SharedArrayBuffer>
}

/** Takes one folder after the other, until none is left that no thread has taken. */
export function* takeFolders({
  folders,
  taken,
}: SharedFolders): Generator<{ number: number; folder: FolderToRead }> {
  for (;;) {
    const number = Atomics.add(taken, 0, 1)
    const folder = folders[number]
    if (folder === undefined) return
    yield { number, folder }
  }
}
