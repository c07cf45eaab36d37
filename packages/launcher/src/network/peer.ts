import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { CHECK_MILLISECONDS } from './limits.js'
import { groupOf, ProcessTree } from './process-tree.js'
import { type Holding, holdingOf, ownHoldingOf, stillHolds } from './socket-holders.js'
import { otherEndOf, type TcpRow } from './tcp-row.js'
import { TcpTable } from './tcp-table.js'
import { isProcOurs, userOfSockets } from './user-of-sockets.js'

/**
 * Decides, before any byte is read, whether the peer of an accepted loopback connection may talk to
 * Tacho. It must be a process of our own user, and one of these: the agent, a process that it
 * started, or one started with us in the same process group. A browser, and the pages in it, are
 * none of these.
 *
 * If a process among these hides its sockets, all of our user's processes are admitted. Two cases
 * are refused: a process that the agent left behind, if everything between it and the agent ended
 * before we first looked for the agent's descendants; and a connection whose peer has already
 * closed it, because nobody owns it.
 */
export class Peers {
  #table: TcpTable | undefined
  readonly #uid: number | undefined
  readonly #knowsProcesses: boolean
  readonly #tree = new ProcessTree()
  readonly #checkMilliseconds: number
  #recent: Holding[] = []
  #roots: Promise<unknown>

  /** @param options.anyProcess admits all processes of our user, the agent's or not. */
  constructor(
    options: { tables?: readonly string[]; checkMilliseconds?: number; anyProcess?: boolean } = {},
  ) {
    this.#uid = userOfSockets()
    this.#table = this.#uid === undefined ? undefined : TcpTable.open(options.tables)
    this.#knowsProcesses = options.anyProcess !== true && isProcOurs()
    this.#checkMilliseconds = options.checkMilliseconds ?? CHECK_MILLISECONDS
    this.#roots = Promise.resolve()
  }

  /**
   * The same, after a test: if the system has a table and our own connection is not in it, peers
   * cannot be identified.
   */
  static async open(options: { anyProcess?: boolean } = {}): Promise<Peers> {
    const peers = new Peers(options)
    if (peers.canTell && !(await peers.#admitsUs().catch(() => false))) peers.close()
    return peers
  }

  /**
   * Whether peers can be identified at all: on Linux, usually. If not, everyone is admitted, and
   * our listeners need a secret.
   */
  get canTell(): boolean {
    return this.#table !== undefined
  }

  /** Makes this process and its descendants the agent. */
  agentIs(pid: number): void {
    this.#roots = Promise.all([this.#roots, this.#tree.isRoot(pid)])
  }

  /** Resolves whether the peer is admitted; never rejects. */
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

  /**
   * Returns the users who listen on a port of 127.0.0.1, as far as the system shows them. Never
   * rejects.
   */
  async listenersOn(port: number): Promise<number[]> {
    return (await this.#listening(port)).map(({ uid }) => uid)
  }

  /**
   * Whether only the agent, or what it started, listens on a port; true if that is unknown. Never
   * rejects.
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
    // If we cannot connect to ourselves, peers cannot be identified.
    const failed = once(socket, 'error').then(([error]) => Promise.reject(error))
    try {
      const [accepted] = (await Promise.race([once(server, 'connection'), failed])) as [Socket]
      const isAdmitted = this.#isOurOwn(accepted) || (await this.admits(accepted))
      failed.catch(() => {})
      accepted.destroy()
      return isAdmitted
    } finally {
      socket.destroy()
      server.close()
    }
  }

  /**
   * Whether this process is the peer, as far as that shows without waiting. The agent starts only
   * after this test, and would mostly wait for the threads that {@link admits} reads with.
   */
  #isOurOwn(socket: Socket): boolean {
    const ends = otherEndOf(socket)
    const row = ends === undefined ? undefined : this.#table?.rowNow(ends)
    if (row === undefined || row.inode === '0' || row.uid !== this.#uid) return false
    if (!this.#knowsProcesses) return true
    const holding = ownHoldingOf(row.inode)
    if (holding === undefined) return false
    this.#tree.areWeRoot()
    this.#recent = [holding]
    return true
  }

  async #isOurs(socket: Socket): Promise<boolean> {
    const ends = otherEndOf(socket)
    if (ends === undefined) return false
    const row = await this.#table?.row(ends)
    return row !== undefined && this.#mayTalk(row)
  }

  async #mayTalk(row: TcpRow): Promise<boolean> {
    // A socket that no process holds any more has no owner; the kernel shows user 0.
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
        // Remembered as a root, so that its next sockets are found at once.
        await this.#tree.isRoot(pid)
        this.#recent = [holding, ...this.#recent].slice(0, RECENT)
        return true
      }
    }
    return isHidden
  }

  // The likeliest first: it is nearly always the agent's own process, usually with a descriptor
  // that it used before.
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

/** How many descriptors are checked first. */
const RECENT = 8
