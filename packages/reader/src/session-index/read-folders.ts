import { type FolderRead, type FolderToRead, readFolder } from './read-folder.js'
import { ReadingThread } from './reading-thread.js'
import { type SharedFolders, takeFolders } from './shared-folders.js'

/** Fewer folders are read before a thread has started. */
const WORTH_A_THREAD = 200

/**
 * Reads folders of a root, and returns what it read in their order. If there are many, a thread
 * helps. Once none is left to take, this reads what the thread has taken and not told, so that
 * nothing waits for a thread, and nothing is missing where one failed.
 *
 * @param onProgress receives how many have been read.
 */
export function readFolders(
  root: string,
  folders: readonly FolderToRead[],
  onProgress: (done: number) => void,
): FolderRead[] {
  const shared: SharedFolders = { root, folders, taken: new Int32Array(new SharedArrayBuffer(4)) }
  const thread = folders.length < WORTH_A_THREAD ? undefined : ReadingThread.started(shared)
  const all = new Map<number, FolderRead>()
  const keep = (number: number, read: FolderRead): FolderRead => {
    all.set(number, read)
    onProgress(all.size)
    return read
  }
  const keepTold = (): void => {
    for (const { number, read } of thread?.told() ?? []) keep(number, read)
  }
  try {
    for (const { number, folder } of takeFolders(shared)) {
      keep(number, readFolder(root, folder))
      keepTold()
    }
    return folders.map((folder, number) => {
      if (!all.has(number)) keepTold()
      return all.get(number) ?? keep(number, readFolder(root, folder))
    })
  } finally {
    thread?.close()
  }
}
