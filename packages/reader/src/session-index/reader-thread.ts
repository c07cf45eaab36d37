import { workerData } from 'node:worker_threads'
import { type FolderRead, readFolder } from './read-folder.js'
import type { ReaderThreadWork, ToldFolder } from './reading-thread.js'
import { takeFolders } from './shared-folders.js'

// The thread that reads folders beside the one that makes a list.
const work: ReaderThreadWork = workerData
for (const { number, folder } of takeFolders(work)) {
  work.port.postMessage(told(number, readFolder(work.root, folder)))
}
work.port.close()

function told(number: number, read: FolderRead): ToldFolder {
  if (!('listed' in read)) return { number, read }
  const { line, ...listed } = read.listed
  // A short Buffer is part of a pool, all of which would be copied with each.
  return { number, read: { listed, line: Uint8Array.from(line) } }
}
