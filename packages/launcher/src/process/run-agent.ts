import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { letGoOfLostTerminal } from '../terminal/lost-terminal.js'
import { isInForeground, isInOurGroup } from './foreground.js'
import { GroupWitness } from './group-witness.js'
import { killStarted } from './kill-started.js'

/** How a process ended: its exit code, or the signal that ended it. */
export type AgentEnded = { exitCode: number } | { signal: NodeJS.Signals }

export type AgentStart = {
  command: string
  args: readonly string[]
  environment: NodeJS.ProcessEnv
  /** The working folder; default: ours. */
  cwd?: string
  /** How each of its three streams is connected; default: inherited. */
  stdio?: ('inherit' | 'pipe' | number)[]
  /** Receives the running process, to connect its pipes. */
  onStart?: (child: ChildProcess) => void
  /** Called for each signal that reaches the agent, from us or from its terminal. */
  onSignal?: (signal: NodeJS.Signals) => void
  /**
   * Called when the process has ended or could not be started; the run lasts until this resolves.
   */
  onEnd?: () => Promise<void>
}

/** The program could not be started. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
  readonly code = 'cannot-start'
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

// Signals that a terminal sends to its whole foreground, and others. All of them would end us,
// except SIGUSR1, which would start Node's debugger.
const FROM_THE_KEYBOARD = ['SIGINT', 'SIGQUIT'] as const
const FROM_ELSEWHERE = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

// A signal that ended the agent may reach us after the agent's end; a later one is meant for us.
const ECHO_MILLISECONDS = 1_000

// A process that the agent left behind may keep a pipe open for ever; the agent's own last output
// is in it when it exits.
const DRAIN_MILLISECONDS = 250

/**
 * Runs the agent in our place: it receives the signals that we receive, each once.
 *
 * @throws CannotStart with the shell's exit code: 127 for not found, 126 for not executable.
 */
export function runAgent(start: AgentStart): Promise<AgentEnded> {
  return new Promise((resolve, reject) => {
    const { environment: env, cwd, stdio = 'inherit' } = start
    // Before the start: a signal in between would end us and leave the agent behind.
    const signals = new ForwardedSignals(start.onSignal)
    const child = spawn(start.command, start.args, {
      env,
      stdio,
      ...(cwd !== undefined && { cwd }),
    })
    signals.goTo(child)
    child.once('error', (error: NodeJS.ErrnoException) => {
      signals.stop()
      void start.onEnd?.()
      reject(cannotStart(start.command, error))
    })
    child.once('exit', (exitCode, signal) => {
      signals.stop()
      const ended = signal === null ? { exitCode: exitCode ?? 1 } : { signal }
      const settle = async () => {
        clearTimeout(late)
        child.off('close', settle)
        await start.onEnd?.()
        resolve(ended)
      }
      const late = setTimeout(settle, DRAIN_MILLISECONDS)
      child.once('close', settle)
    })
    start.onStart?.(child)
  })
}

/** Ends this process as the agent ended: with its exit code, or by its signal. */
export function endLike(ended: AgentEnded): void {
  letGoOfLostTerminal()
  if ('exitCode' in ended) {
    process.exitCode = ended.exitCode
    return
  }
  const { signal } = ended
  // The shell's exit code for this, in case the signal does not end this process.
  process.exitCode = 128 + constants.signals[signal]
  giveBackDefault(signal)
  process.kill(process.pid, signal)
}

// Node ignores SIGPIPE and SIGXFSZ, and starts its debugger on SIGUSR1. Removing a signal's last
// listener restores the system's default for any signal (libuv, `uv_signal_stop`).
function giveBackDefault(signal: NodeJS.Signals): void {
  try {
    process.on(signal, () => {})
    process.removeAllListeners(signal)
  } catch {
    // SIGKILL accepts no listener, and needs none.
  }
}

/** Forwards signals to the agent that we received and it did not. */
class ForwardedSignals {
  readonly #onSignal: AgentStart['onSignal']
  readonly #listeners: [NodeJS.Signals, () => void][] = []
  #agent: ChildProcess | undefined
  #witness: GroupWitness | undefined

  /** From here on signals do not end us. They are handled once the agent exists. */
  constructor(onSignal: AgentStart['onSignal']) {
    this.#onSignal = onSignal
    for (const signal of [...FROM_THE_KEYBOARD, ...FROM_ELSEWHERE]) {
      const listener = () => void this.#react(signal)
      process.on(signal, listener)
      this.#listeners.push([signal, listener])
    }
  }

  goTo(agent: ChildProcess): void {
    this.#agent = agent
    this.#witness = new GroupWitness()
  }

  /** Until our own end, which follows, signals have no effect: we must end as the agent did. */
  stop(): void {
    this.#agent = undefined
    this.#witness?.close()
    setTimeout(() => {
      for (const [signal, listener] of this.#listeners) process.removeListener(signal, listener)
    }, ECHO_MILLISECONDS).unref()
  }

  async #react(signal: NodeJS.Signals): Promise<void> {
    const agent = this.#agent
    if (agent === undefined) return
    this.#onSignal?.(signal)
    const hasIt = this.#witness?.isThere
      ? isInOurGroup(agent) && (await this.#witness.hasHeard(signal))
      : isOfKeyboard(signal) && isInForeground()
    if (!hasIt && this.#agent !== undefined) killStarted(agent, signal)
  }
}

function isOfKeyboard(signal: NodeJS.Signals): boolean {
  return FROM_THE_KEYBOARD.some((one) => one === signal)
}

function cannotStart(command: string, error: NodeJS.ErrnoException): CannotStart {
  const exitCode = error.code === 'ENOENT' ? 127 : 126
  return new CannotStart(`${command} could not be started: ${error.message}.`, exitCode)
}
