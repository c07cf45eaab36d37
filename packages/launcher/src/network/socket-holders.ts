import { readlinkSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'

/** A descriptor of a process. */
export type Holding = { pid: number; descriptor: string }

/**
 * Which descriptor of a process is a socket.
 *
 * @returns nothing where none is; `hidden` where the process is ours and shows its descriptors to
 * nobody: one that has made itself "not dumpable" (proc_pid_fd(5)).
 */
export async function holdingOf(
  pid: number,
  inode: string,
  uid: number,
): Promise<Holding | 'hidden' | undefined> {
  const folder = `/proc/${pid}/fd`
  try {
    const descriptors = await readdir(folder)
    const name = nameOf(inode)
    const targets = await Promise.all(
      descriptors.map((descriptor) => readlink(`${folder}/${descriptor}`).catch(() => '')),
    )
    const descriptor = descriptors[targets.indexOf(name)]
    return descriptor === undefined ? undefined : { pid, descriptor }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') return undefined
    return (await livesAs(pid, uid)) ? 'hidden' : undefined
  }
}

/** Whether a descriptor that was one socket is this one now. */
export function stillHolds({ pid, descriptor }: Holding, inode: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === nameOf(inode)
  } catch {
    return false
  }
}

function nameOf(inode: string): string {
  return `socket:[${inode}]`
}

/**
 * Whether a process makes its sockets as the given user: by the last of its four user ids. One that
 * has ended and is not waited for yet shows its descriptors to nobody either, and has none.
 */
async function livesAs(pid: number, uid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  if (/^State:\t[ZX]/m.test(status)) return false
  const [line = ''] = status.split('\nUid:').slice(1)
  const [ids = ''] = line.split('\n')
  return ids.trim().split('\t').map(Number)[3] === uid
}
