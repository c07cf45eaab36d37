import { rmSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { usableIndexFolder } from './index-folder.js'
import { listFile, NEVER_CHECKED, openList, rowsFile, writeList } from './list-file.js'
import { explanationFile, searchedFile, sessionFile } from './session-file.js'

/**
 * Removes a session from the index: if it was removed, or its contents changed, no text of it may
 * stay here.
 */
export function forgetSession(folder: string, root: string): void {
  const index = usableIndexFolder()
  if (index === undefined) return
  rmSync(sessionFile(index, resolve(folder)), { force: true })
  rmSync(explanationFile(index, resolve(folder)), { force: true })
  rmSync(searchedFile(index, resolve(folder)), { force: true })
  rmSync(rowsFile(index, root), { force: true })
  const path = listFile(index, root)
  const list = openList(path, root)
  if (list === undefined) return
  try {
    const left = list.sessions.filter(({ name }) => name !== basename(folder))
    if (left.length === list.sessions.length) return
    const { lineOf } = list
    if (!writeList(path, root, { sessions: left, checked: NEVER_CHECKED, lineOf })) {
      // If it cannot be rewritten without the session, it must be deleted.
      rmSync(path, { force: true })
    }
  } finally {
    list.close()
  }
}
