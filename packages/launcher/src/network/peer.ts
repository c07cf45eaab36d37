import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { CHECK_MILLISECONDS } from './limits.js'
import { groupOf, ProcessTree } from './process-tree.js'
import { type Holding, holdingOf, stillHolds } from './socket-holders.js'
import { otherEndOf, type TcpRow } from './tcp-row.js'
import { TcpTable } from './tcp-table.js'
import { isProcOurs, userOfSockets } from './user-of-sockets.js'

/**
 * Decides, before a byte is read, whether the other end of an accepted loopback connection may talk
 * to us: a process of our own user, and of those only the agent, what it has started, and what was
 * started with us in one process group: a browser, and the pages in it, are none of these.
 *
 * Where a process of these shows its sockets to nobody, all of our user's may. Refused is one that
 * the agent has left behind, if all between the agent and it had ended before anything was looked
 * for below the agent; and a connection whose other end is closed already, because nobody has it.
 */
export class Peers {
  #table: TcpTable | undefined
  readonly #uid: number | undefined
  readonly #knowsProcesses: boolean
  readonly #tree = new ProcessTree()
  readonly #checkMilliseconds: number
  #recent: Holding[] = []
  #roots: Promise<unknown>

  /** @param options.anyProcess all processes of our user may talk to us, the agent's or not. */
  constructor(
    options: { tables?: readonly string[]; checkMilliseconds?: number; anyProcess?: boolean } = {},
  ) {
    this.#uid = userOfSockets()
    this.#table = this.#uid === undefined ? undefined : TcpTable.open(options.tables)
    this.#knowsProcesses = options.anyProcess !== true && isProcOurs()
    this.#checkMilliseconds = options.checkMilliseconds ?? CHECK_MILLISECONDS
    this.#roots = Promise.resolve()
  }

  /** The same, tried out: where the system has a table and our own connection is not in it, nobody can be told. */
  static async open(options: { anyProcess?: boolean } = {}): Promise<Peers> {
    const peers = new Peers(options)
    if (peers.canTell && !(await peers.#admitsUs().catch(() => false))) peers.close()
    return peers
  }

  /**
   * Whether the other end can be told at all: on Linux, mostly. Where it cannot, everybody is
   * admitted, and what we listen on needs a secret.
   */
  get canTell(): boolean {
    return this.#table !== undefined
  }

  /** From now on the descendants of this process (and it) are the agent. */
  agentIs(pid: number): void {
    this.#roots = Promise.all([this.#roots, this.#tree.isRoot(pid)])
  }

  /** Resolves true where it may; never rejects. */
  admits(socket: Socket): Promise<boolean> {
    if (this.#table === undefined) return Promise.resolve(true)
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), this.#checkMilliseconds)
      this.#isOurs(socket)
        .catch(() => false)
        .then((isOurs) => {
          clearTimeout(late)
          resolve(isOurs)
        })
    })
  }

  /** The users who listen on a port of 127.0.0.1, as far as the system tells. Never rejects. */
  async listenersOn(port: number): Promise<number[]> {
    return (await this.#listening(port)).map(({ uid }) => uid)
  }

  /**
   * Whether it is the agent, or what it has started, and nobody else, who listens on a port; true where
   * that cannot be told. Never rejects.
   */
  async isAgentOn(port: number): Promise<boolean> {
    if (this.#table === undefined) return true
    try {
      const rows = await this.#listening(port)
      for (const row of rows) if (!(await this.#mayTalk(row))) return false
      return rows.length > 0
    } catch {
      return false
    }
  }

  async #listening(port: number): Promise<TcpRow[]> {
    const rows = (await this.#table?.listening()) ?? []
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    return rows.filter(({ ends }) => ends.split(' ')[0]?.endsWith(`:${hex}`))
  }

  close(): void {
    this.#table?.close()
    this.#table = undefined
  }

  async #admitsUs(): Promise<boolean> {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    // Where there is no way to ourselves, nobody can be told.
    const failed = once(socket, 'error').then(([error]) => Promise.reject(error))
    try {
      const [accepted] = (await Promise.race([once(server, 'connection'), failed])) as [Socket]
      const isAdmitted = await this.admits(accepted)
      failed.catch(() => {})
      accepted.destroy()
      return isAdmitted
    } finally {
      socket.destroy()
      server.close()
    }
  }

  async #isOurs(socket: Socket): Promise<boolean> {
    const ends = otherEndOf(socket)
    if (ends === undefined) return false
    const row = await this.#table?.row(ends)
    return row !== undefined && this.#mayTalk(row)
  }

  async #mayTalk(row: TcpRow): Promise<boolean> {
    // A socket that no process has any more has no owner either; the kernel calls him 0.
    if (row.inode === '0' || row.uid !== this.#uid) return false
    return !this.#knowsProcesses || this.#isOfTheAgent(row.inode, row.uid)
  }

  async #isOfTheAgent(inode: string, uid: number): Promise<boolean> {
    await this.#roots
    const known = this.#recent.find((holding) => stillHolds(holding, inode))
    if (known !== undefined && (await this.#isKnown(known.pid))) return true
    const looked = new Set<number>()
    let isHidden = false
    for await (const pid of this.#candidates()) {
      if (looked.has(pid)) continue
      looked.add(pid)
      const holding = await holdingOf(pid, inode, uid)
      if (holding === 'hidden') isHidden = true
      else if (holding !== undefined) {
        // What it holds next is found at once, however it was found.
        await this.#tree.isRoot(pid)
        this.#recent = [holding, ...this.#recent].slice(0, RECENT)
        return true
      }
    }
    return isHidden
  }

  // The likely ones first: it is the agent's own process nearly always, mostly with a descriptor
  // that it has had before.
  async *#candidates(): AsyncGenerator<number> {
    for (const { pid } of this.#recent) if (await this.#isKnown(pid)) yield pid
    yield* this.#tree.byChildren()
    yield process.pid
    yield* this.#tree.byParents()
    const group = await groupOf(process.pid)
    if (group !== undefined) yield* this.#tree.inGroup(group)
  }

  async #isKnown(pid: number): Promise<boolean> {
    return pid === process.pid || (await this.#tree.knows(pid))
  }
}

/** Descriptors that are looked at first. */
const RECENT = 8
