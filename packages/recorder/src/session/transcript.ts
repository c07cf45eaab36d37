import { constants } from 'node:fs'
import { copyFile, link, lstat, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'

/**
 * Adds an agent's transcript to a session folder and leaves it where the agent keeps it: as a hard
 * link, which survives the agent's archiving, or if that is impossible (another file system), as a
 * symbolic link, which {@link keepTranscript} replaces with a copy. Calling it again links anew if
 * the agent has replaced the file.
 *
 * @returns the path in the folder, or undefined if neither link could be made, or it is no file.
 */
export async function linkTranscript(source: string, folder: string): Promise<string | undefined> {
  const target = join(folder, basename(source))
  if (await isSameFile(source, target)) return target
  if (!(await isFile(source))) return undefined
  const draft = draftOf(source, folder)
  try {
    await rm(draft, { force: true })
    await link(source, draft).catch((error: unknown) => symlinkInstead(error, source, draft))
    await rename(draft, target)
    return target
  } catch {
    return undefined
  } finally {
    // If someone else has just linked the same file, the rename did nothing (POSIX).
    await rm(draft, { force: true }).catch(() => {})
  }
}

let drafts = 0

// Two calls for the same file may run at once.
function draftOf(source: string, folder: string): string {
  drafts += 1
  return join(folder, `.${basename(source)}.${process.pid}.${drafts}`)
}

// A link to a missing file would remain symbolic once the file exists.
async function symlinkInstead(error: unknown, source: string, draft: string): Promise<void> {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
  await symlink(source, draft)
}

/** Replaces a transcript that is a symbolic link with a copy of the file. */
export async function keepTranscript(source: string, folder: string): Promise<void> {
  const target = join(folder, basename(source))
  const found = await lstat(target).catch(() => undefined)
  if (!found?.isSymbolicLink() || !(await isFile(source))) return
  const draft = draftOf(source, folder)
  try {
    await copyFile(source, draft, constants.COPYFILE_EXCL)
    await rename(draft, target)
  } catch {
    await rm(draft, { force: true }).catch(() => {})
  }
}

// The agent's tools can write where its transcripts are: copying a pipe would never end.
async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  )
}

async function isSameFile(source: string, target: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([stat(source), stat(target)])
    return one.ino === other.ino && one.dev === other.dev
  } catch {
    return false
  }
}
