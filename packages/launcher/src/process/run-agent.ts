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
  /** Where it works; default: where we do. */
  cwd?: string
  /** How each of its three streams is connected, or to what; default: all of them are ours. */
  stdio?: ('inherit' | 'pipe' | number)[]
  /** Is given the running process, to connect what is piped. */
  onStart?: (child: ChildProcess) => void
  /** Is told of each signal that reaches the agent, from us or from its terminal. */
  onSignal?: (signal: NodeJS.Signals) => void
  /** Is called when the process has ended or could not be started; the run lasts until it is done. */
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

// What a terminal sends to its whole foreground, and what others send. All of them would end us,
// and SIGUSR1 would make Node listen for a debugger.
const FROM_THE_KEYBOARD = ['SIGINT', 'SIGQUIT'] as const
const FROM_ELSEWHERE = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

// What has ended the agent may reach us later than its end does; who signals us after this means us.
const ECHO_MILLISECONDS = 1_000

// A process that the agent left behind may hold a pipe open for good; the agent's own last words
// are in it when it exits.
const DRAIN_MILLISECONDS = 250

/**
 * Runs the agent in our place: it gets the signals that we get, each once.
 *
 * @throws CannotStart with the shell's exit code for that: 127 not found, 126 not to be run.
 */
export function runAgent(start: AgentStart): Promise<AgentEnded> {
  return new Promise((resolve, reject) => {
    const { environment: env, cwd, stdio = 'inherit' } = start
    // Before it: a signal in between would end us and leave the agent behind.
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
  // As a shell would say it, should the signal not end this process.
  process.exitCode = 128 + constants.signals[signal]
  giveBackDefault(signal)
  process.kill(process.pid, signal)
}

// Node ignores SIGPIPE and SIGXFSZ and starts its debugger on SIGUSR1. Whatever a signal does, when
// its last listener goes, it does what the system does by default (libuv, `uv_signal_stop`).
function giveBackDefault(signal: NodeJS.Signals): void {
  try {
    process.on(signal, () => {})
    process.removeAllListeners(signal)
  } catch {
    // SIGKILL takes no listener, and needs none.
  }
}

/** Passes on to the agent the signals that we get and it does not. */
class ForwardedSignals {
  readonly #onSignal: AgentStart['onSignal']
  readonly #listeners: [NodeJS.Signals, () => void][] = []
  #agent: ChildProcess | undefined
  #witness: GroupWitness | undefined

  /** From here on signals do not end us. They are looked at when the agent is there. */
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

  /** Until our own end, which follows, signals do nothing to us: we are to end as the agent has. */
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
