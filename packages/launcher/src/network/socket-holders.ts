import { readdirSync, readlinkSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'

/** A descriptor of a process. */
export type Holding = { pid: number; descriptor: string }

/**
 * Finds the descriptor under which a process holds a socket.
 *
 * @returns undefined if it does not; `hidden` if the process is our user's and hides its
 * descriptors because it is "not dumpable" (proc_pid_fd(5)).
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

/**
 * Returns the descriptor under which this process holds a socket, without waiting; undefined if
 * that cannot be seen.
 */
export function ownHoldingOf(inode: string): Holding | undefined {
  const folder = `/proc/${process.pid}/fd`
  try {
    const name = nameOf(inode)
    const descriptor = readdirSync(folder).find((one) => linkOf(folder, one) === name)
    return descriptor === undefined ? undefined : { pid: process.pid, descriptor }
  } catch {
    return undefined
  }
}

type Sockets = Map<string, string>

/** Scans of processes in progress, and those that follow them. */
const looks = new Map<number, { now: Promise<Sockets>; next: Promise<Sockets> | undefined }>()

/**
 * Returns a process's sockets with their descriptors. A scan in progress may have begun before a
 * socket existed: all callers meanwhile share the next one, so that a hundred connections at once
 * do not cost a hundred scans.
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

/** Up to this many, synchronous calls are faster than threads: 3 µs each, against 30. */
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

/** Whether a descriptor that was another socket is this one now. */
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
 * Whether a process creates its sockets as the given user: the last of its four user ids. A zombie
 * hides its descriptors too, but has none.
 */
async function livesAs(pid: number, uid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  if (/^State:\t[ZX]/m.test(status)) return false
  const [line = ''] = status.split('\nUid:').slice(1)
  const [ids = ''] = line.split('\n')
  return ids.trim().split('\t').map(Number)[3] === uid
}
