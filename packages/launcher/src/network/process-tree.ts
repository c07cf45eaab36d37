import { readdir, readFile } from 'node:fs/promises'
import { type ProcessStat, processStatOf } from '../process/process-stat.js'

/** A process by what names it for good: ids are given anew, with another start. */
export type Process = { pid: number; startedAt: string }

/**
 * Who descends from the agent. A process whose parent has ended belongs to another one from then
 * on, and nothing in /proc tells what it came from: so whoever was seen as a descendant stays one,
 * and so do its own children.
 */
export class ProcessTree {
  readonly #seen = new Map<number, string>()

  /** From now on this process is an ancestor of others that are looked for. */
  async isRoot(pid: number): Promise<void> {
    const startedAt = await startOf(pid)
    if (startedAt !== undefined) this.#seen.set(pid, startedAt)
  }

  /** Whether a process is one that has been seen, and not another one under its old id. */
  async knows(pid: number): Promise<boolean> {
    const startedAt = await startOf(pid)
    return startedAt !== undefined && this.#seen.get(pid) === startedAt
  }

  /**
   * All that live, the parents before their children, as their threads name their children: one file
   * a thread. The kernel may pass over one while another one ends (proc_tid_children(5)).
   */
  async *byChildren(): AsyncGenerator<number> {
    yield* this.#walk(childrenOf)
  }

  /** All that live, found by looking at every process of the machine. */
  async *byParents(): AsyncGenerator<number> {
    const children = await everyProcess()
    yield* this.#walk(async (pid) => children.get(pid) ?? [])
  }

  /** All of a process group: what a shell has started as one job. */
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

  /** Those that have been seen and live; the others are forgotten. */
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

/** The process group of a process. */
export async function groupOf(pid: number): Promise<number | undefined> {
  return processStatOf(await text(`/proc/${pid}/stat`))?.group
}

async function startOf(pid: number): Promise<string | undefined> {
  return processStatOf(await text(`/proc/${pid}/stat`))?.startedAt
}

/** Each open file is a descriptor, and a machine can have thousands of processes. */
const FILES_AT_ONCE = 16

async function texts(paths: readonly string[]): Promise<string[]> {
  const read: string[] = []
  for (let from = 0; from < paths.length; from += FILES_AT_ONCE) {
    read.push(...(await Promise.all(paths.slice(from, from + FILES_AT_ONCE).map(text))))
  }
  return read
}

/** What a file says; nothing where its process has ended meanwhile. */
function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
