import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { killStarted } from './kill-started.js'

/**
 * Tells a signal that was sent to us from one that was sent to our whole process group, and so has
 * reached the agent already: by `timeout`, a terminal, a supervisor. A process cannot see that of a
 * signal (Node shows none of its siginfo), so a second one stands in the same group, does nothing,
 * and dies of what the group gets. It ends with us, for its input does.
 */
export class GroupWitness {
  #child: ChildProcess | undefined
  #death: { signal: NodeJS.Signals; at: number } | undefined
  #isClosed = false

  constructor() {
    this.#begin()
  }

  /** Whether there is one: without it nothing is known. */
  get isThere(): boolean {
    return this.#child !== undefined
  }

  /** Resolves whether the signal that has reached us now was the whole group's. */
  async hasHeard(signal: NodeJS.Signals): Promise<boolean> {
    if (this.#isStruck(signal)) return true
    // Who signals the processes of a group one by one, as a supervisor does, needs a moment for it.
    await wait(MOMENT, undefined, { ref: false })
    return this.#isStruck(signal)
  }

  close(): void {
    this.#isClosed = true
    if (this.#child !== undefined) killStarted(this.#child, 'SIGKILL')
  }

  #begin(): void {
    if (this.#isClosed) return
    const child = startWitness()
    this.#child = child
    if (child === undefined) return
    child.unref()
    // Absent where it could not be started.
    const input = child.stdin as (Writable & { unref?: () => void }) | undefined
    input?.on('error', () => {})
    input?.unref?.()
    child.once('error', () => {
      this.#child = undefined
    })
    child.once('exit', (_code, signal) => {
      this.#child = undefined
      if (signal === null) return
      this.#death = { signal, at: performance.now() }
      this.#begin()
    })
  }

  #isStruck(signal: NodeJS.Signals): boolean {
    const death = this.#death
    if (death?.signal === signal && performance.now() - death.at < AT_ONCE) return true
    return this.#child?.pid !== undefined && isPending(this.#child.pid, signal)
  }
}

function startWitness(): ChildProcess | undefined {
  try {
    // It leaves no core file: that is what SIGQUIT does to who does not expect it.
    return spawn('/bin/sh', ['-c', 'ulimit -c 0; read _'], {
      stdio: ['pipe', 'ignore', 'ignore'],
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

/**
 * Whether a process has a signal that it has not got to yet (proc_pid_status(5)). Nothing but its
 * death tells where the system has no /proc.
 */
function isPending(pid: number, signal: NodeJS.Signals): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const bit = 1n << BigInt(constants.signals[signal] - 1)
    const sets = status.matchAll(/^(?:SigPnd|ShdPnd):\t([0-9a-f]+)$/gm)
    return [...sets].some(([, set]) => (BigInt(`0x${set}`) & bit) !== 0n)
  } catch {
    return false
  }
}
