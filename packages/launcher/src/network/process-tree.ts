import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { type ProcessStat, processStatOf } from '../process/process-stat.js'

/** What identifies a process for good: ids are reused, but with another start time. */
export type Process = { pid: number; startedAt: string }

/**
 * Tracks the agent's descendants. When a process's parent ends, it gets another parent, and /proc
 * does not show where it came from: so a process once seen as a descendant remains one, and so do
 * its children.
 */
export class ProcessTree {
  readonly #seen = new Map<number, string>()

  /** Makes a process a root: its descendants are tracked. */
  async isRoot(pid: number): Promise<void> {
    const startedAt = await startOf(pid)
    if (startedAt !== undefined) this.#seen.set(pid, startedAt)
  }

  /** Makes this process a root, without waiting. */
  areWeRoot(): void {
    try {
      const startedAt = processStatOf(readFileSync(`/proc/${process.pid}/stat`, 'utf8'))?.startedAt
      if (startedAt !== undefined) this.#seen.set(process.pid, startedAt)
    } catch {
      // The agent is still found by its own id.
    }
  }

  /** Whether a process has been seen, and its id has not been reused. */
  async knows(pid: number): Promise<boolean> {
    const startedAt = await startOf(pid)
    return startedAt !== undefined && this.#seen.get(pid) === startedAt
  }

  /**
   * Returns all living descendants, parents before children, from the lists of children: one file
   * per thread. The kernel may skip one while another ends (proc_tid_children(5)).
   */
  async *byChildren(): AsyncGenerator<number> {
    yield* this.#walk(childrenOf)
  }

  /** Returns all living descendants, by looking at every process of the machine. */
  async *byParents(): AsyncGenerator<number> {
    const children = await everyProcess()
    yield* this.#walk(async (pid) => children.get(pid) ?? [])
  }

  /** Returns the processes of a group: what a shell started as one job. */
  async *inGroup(group: number): AsyncGenerator<number> {
    for (const [pid, stat] of await everyStat()) if (stat.group === group) yield pid
  }

  async *#walk(childrenOf: (pid: number) => Promise<number[]>): AsyncGenerator<number> {
    const queue = await this.#living()
    const walked = new Set<number>()
    for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
      if (walked.has(pid)) continue
      walked.add(pid)
      yield pid
      for (const child of await childrenOf(pid)) {
        const startedAt = await startOf(child)
        if (startedAt === undefined) continue
        this.#seen.set(child, startedAt)
        queue.push(child)
      }
    }
  }

  /** Returns the seen processes that still live, and forgets the others. */
  async #living(): Promise<number[]> {
    for (const pid of this.#seen.keys()) if (!(await this.knows(pid))) this.#seen.delete(pid)
    return [...this.#seen.keys()]
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await texts(threads.map((thread) => `/proc/${pid}/task/${thread}/children`))
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

async function everyProcess(): Promise<Map<number, number[]>> {
  const children = new Map<number, number[]>()
  for (const [pid, { parent }] of await everyStat()) {
    const siblings = children.get(parent) ?? []
    children.set(parent, siblings)
    siblings.push(pid)
  }
  return children
}

async function everyStat(): Promise<[number, ProcessStat][]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const read = await texts(pids.map((pid) => `/proc/${pid}/stat`))
  return read.flatMap((text, index) => {
    const stat = processStatOf(text)
    return stat === undefined ? [] : [[Number(pids[index]), stat] as [number, ProcessStat]]
  })
}

/** Returns the process group of a process. */
export async function groupOf(pid: number): Promise<number | undefined> {
  return processStatOf(await text(`/proc/${pid}/stat`))?.group
}

async function startOf(pid: number): Promise<string | undefined> {
  return processStatOf(await text(`/proc/${pid}/stat`))?.startedAt
}

/** Each open file takes a descriptor, and a machine can have thousands of processes. */
const FILES_AT_ONCE = 16

async function texts(paths: readonly string[]): Promise<string[]> {
  const read: string[] = []
  for (let from = 0; from < paths.length; from += FILES_AT_ONCE) {
    read.push(...(await Promise.all(paths.slice(from, from + FILES_AT_ONCE).map(text))))
  }
  return read
}

/** Returns a file's text; empty if its process has ended. */
function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
