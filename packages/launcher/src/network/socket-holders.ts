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
  try {
    const descriptor = (await socketsOf(pid)).get(nameOf(inode))
    return descriptor === undefined ? undefined : { pid, descriptor }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') return undefined
    return (await livesAs(pid, uid)) ? 'hidden' : undefined
  }
}

type Sockets = Map<string, string>

/** Looks at processes that are going on, and those that begin when they are over. */
const looks = new Map<number, { now: Promise<Sockets>; next: Promise<Sockets> | undefined }>()

/**
 * The sockets of a process with the descriptor of each. A look that is going on may have begun before
 * a socket was there: who asks meanwhile waits for the next one, all together, so that a hundred
 * connections at once do not cost a hundred looks.
 */
function socketsOf(pid: number): Promise<Sockets> {
  const look = looks.get(pid)
  if (look !== undefined) {
    look.next ??= look.now.catch(() => {}).then(() => lookAt(pid))
    return look.next
  }
  return lookAt(pid)
}

function lookAt(pid: number): Promise<Sockets> {
  const now = linksOf(`/proc/${pid}/fd`)
  const look = { now, next: undefined }
  looks.set(pid, look)
  const done = () => {
    if (looks.get(pid) === look && look.next === undefined) looks.delete(pid)
  }
  now.then(done, done)
  return now
}

/** So many are looked at sooner at once than each by a thread: 3 µs each, for 30. */
const FEW = 256

async function linksOf(folder: string): Promise<Sockets> {
  const descriptors = await readdir(folder)
  if (descriptors.length <= FEW)
    return new Map(descriptors.map((descriptor) => [linkOf(folder, descriptor), descriptor]))
  const links = await Promise.all(
    descriptors.map(async (descriptor) => {
      const target = await readlink(`${folder}/${descriptor}`).catch(() => '')
      return [target, descriptor] as const
    }),
  )
  return new Map(links)
}

function linkOf(folder: string, descriptor: string): string {
  try {
    return readlinkSync(`${folder}/${descriptor}`)
  } catch {
    return ''
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
