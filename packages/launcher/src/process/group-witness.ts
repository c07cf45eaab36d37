import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { killStarted } from './kill-started.js'

/**
 * Tells a signal that was sent to us from one that was sent to our whole process group, and so has
 * reached the agent already: by `timeout`, a terminal, a supervisor. A process cannot see that of a
 * signal (Node shows none of its siginfo), so a second one stands in the same group, repeats what it
 * is told, and dies of what the group gets. It ends with us, because its input does.
 */
export class GroupWitness {
  readonly #start: () => ChildProcess | undefined
  #living: Living | undefined
  #death: { signal: NodeJS.Signals; at: number } | undefined
  #isClosed = false

  /** @param start starts one, its input and output piped; nothing where that cannot be done. */
  constructor(start: () => ChildProcess | undefined = startWitness) {
    this.#start = start
    this.#begin()
  }

  /** Whether there is one: without it nothing is known. */
  get isThere(): boolean {
    return this.#living !== undefined
  }

  /** Resolves whether the signal that has reached us now was the whole group's. */
  async hasHeard(signal: NodeJS.Signals): Promise<boolean> {
    if (await this.#isStruck(signal)) return true
    // Who signals the processes of a group one by one, as a supervisor does, needs a moment for it.
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
      this.#death = { signal, at: performance.now() }
      this.#begin()
    })
  }

  /**
   * A witness that answers a question has heard nothing before it was asked: no process does another
   * thing before it dies. So a busy machine, where dying may take long, makes no difference. Of two
   * signals that come together it dies of one and cannot tell of the other: better twice than never.
   */
  async #isStruck(signal: NodeJS.Signals): Promise<boolean> {
    const death = this.#death
    if (death?.signal === signal && performance.now() - death.at < AT_ONCE) return true
    return (await this.#living?.deathOf()) === signal
  }
}

/** A witness while it lives: it is asked by a byte, and answers with the same. */
class Living {
  readonly child: ChildProcess
  readonly #questions: ((ended: NodeJS.Signals | undefined) => void)[] = []

  constructor(child: ChildProcess) {
    this.child = child
    child.unref()
    // Absent where it could not be started.
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

  /** Asks it: resolves with the signal of which it dies in place of an answer. */
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
    // It leaves no core file: that is what SIGQUIT does to who does not expect it. The shell itself
    // would not do: dash has a handler for SIGINT, in which it is neither alive nor dead.
    return spawn('/bin/sh', ['-c', 'ulimit -c 0; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
      cwd: '/',
    })
  } catch {
    return undefined
  }
}

/** How long it may take until a signal has reached all of a group. */
const MOMENT = 20

/** What comes within this time of the death by the same signal is the same signal. */
const AT_ONCE = 100

/** A witness that neither answers nor dies has been stopped: then nothing is known. */
const PATIENCE = 5_000
