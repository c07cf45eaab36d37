import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { killStarted } from './kill-started.js'

/**
 * Tells a signal sent to us from one sent to our whole process group, which has reached the agent
 * too: by `timeout`, a terminal, a supervisor. A process cannot tell from the signal (Node exposes
 * no siginfo), so a second process in the same group echoes its input, and dies of what the group
 * receives. It ends with us, because its input does.
 */
export class GroupWitness {
  readonly #start: () => ChildProcess | undefined
  #living: Living | undefined
  #death: { signal: NodeJS.Signals } | undefined
  #isClosed = false

  /** @param start starts a witness with piped input and output; returns undefined if it cannot. */
  constructor(start: () => ChildProcess | undefined = startWitness) {
    this.#start = start
    this.#begin()
  }

  /** Whether there is a witness: without one, nothing is known. */
  get isThere(): boolean {
    return this.#living !== undefined
  }

  /** Resolves whether the signal that just reached us was sent to the whole group. */
  async hasHeard(signal: NodeJS.Signals): Promise<boolean> {
    if (await this.#isStruck(signal)) return true
    // A sender that signals a group's processes one by one, as a supervisor does, needs a moment.
    await wait(MOMENT, undefined, { ref: false })
    return this.#isStruck(signal)
  }

  close(): void {
    this.#isClosed = true
    if (this.#living !== undefined) killStarted(this.#living.child, 'SIGKILL')
  }

  #begin(): void {
    if (this.#isClosed) return
    const child = this.#start()
    this.#living = child && new Living(child)
    if (child === undefined) return
    child.once('error', () => {
      this.#living = undefined
    })
    child.once('exit', (_code, signal) => {
      this.#living = undefined
      if (signal === null) return
      this.#remember({ signal })
      this.#begin()
    })
  }

  /**
   * Keeps a death for as long as our own copy of its signal may take. Forgets it only behind the
   * signals that wait for us by then: starting the next witness may have kept us from them for
   * longer than that.
   */
  #remember(death: { signal: NodeJS.Signals }): void {
    this.#death = death
    const forget = () => {
      if (this.#death === death) this.#death = undefined
    }
    setTimeout(() => setImmediate(forget), AT_ONCE).unref()
  }

  /**
   * Whether the witness was hit by the signal. If it answers, it had received nothing before it was
   * asked, because a process does nothing else before it dies. So a busy machine, where dying may
   * take long, makes no difference. If two signals come together, it dies of one and cannot report
   * the other: better delivered twice than never.
   */
  async #isStruck(signal: NodeJS.Signals): Promise<boolean> {
    if (this.#death?.signal === signal) return true
    return (await this.#living?.deathOf()) === signal
  }
}

/** A living witness: it echoes each byte. */
class Living {
  readonly child: ChildProcess
  readonly #questions: ((ended: NodeJS.Signals | undefined) => void)[] = []

  constructor(child: ChildProcess) {
    this.child = child
    child.unref()
    // Absent if it could not be started.
    for (const stream of [child.stdin, child.stdout] as (Unreferenced | null | undefined)[]) {
      stream?.on('error', () => {})
      stream?.unref?.()
    }
    child.stdout?.on('data', (bytes: Uint8Array) => {
      for (const answer of this.#questions.splice(0, bytes.length)) answer(undefined)
    })
    child.once('exit', (_code, signal) => {
      for (const answer of this.#questions.splice(0)) answer(signal ?? undefined)
    })
  }

  /** Asks it; resolves with the signal that killed it, or undefined if it answers. */
  deathOf(): Promise<NodeJS.Signals | undefined> {
    return new Promise((resolve) => {
      const patience = setTimeout(() => resolve(undefined), PATIENCE).unref()
      this.#questions.push((ended) => {
        clearTimeout(patience)
        resolve(ended)
      })
      this.child.stdin?.write('?')
    })
  }
}

type Unreferenced = (Readable | Writable) & { unref?: () => void }

function startWitness(): ChildProcess | undefined {
  try {
    // Leaves no core file, which is SIGQUIT's default effect. A plain shell would not do: dash
    // handles SIGINT, and is then neither alive nor dead.
    return spawn('/bin/sh', ['-c', 'ulimit -c 0; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
      cwd: '/',
    })
  } catch {
    return undefined
  }
}

/** How long a signal may take to reach all of a group. */
const MOMENT = 20

/** The same signal within this time of the death counts as the same one. */
const AT_ONCE = 100

/** A witness that neither answers nor dies was stopped: then nothing is known. */
const PATIENCE = 5_000
