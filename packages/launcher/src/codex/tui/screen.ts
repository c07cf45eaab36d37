import type { ChildProcess } from 'node:child_process'
import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { AgentStart } from '../../agent-process/run-agent.js'
import type { ClosingWords } from './closing-words.js'
import {
  loadPseudoTerminal,
  type OpenPseudoTerminal,
  type PseudoTerminal,
} from './pseudo-terminal.js'
import { within } from './within.js'

// A program that the TUI left behind may hold its output open for good.
const DRAIN_MILLISECONDS = 250

// How long nothing comes when all that the TUI has written is here.
const QUIET_MILLISECONDS = 20

/**
 * The start of a TUI that draws through us, so that its last words can be put right. Its keys, its
 * signals and the size of the screen stay between it and the real terminal.
 *
 * @throws where this system has no pseudo-terminal for us.
 */
export async function throughScreen(
  start: AgentStart,
  closingWords: ClosingWords,
): Promise<AgentStart> {
  const open = await loadPseudoTerminal()
  let screen: Screen | undefined
  return {
    ...start,
    command: '/bin/sh',
    args: ['-c', DRAW_THERE, 'sh', start.command, ...start.args],
    stdio: ['inherit', 'inherit', start.stdio?.[2] ?? 'inherit', 'pipe'],
    onStart(child) {
      start.onStart?.(child)
      screen = Screen.show(open, closingWords)
      tell(child, screen.path)
    },
    async onEnd() {
      await screen?.close()
      await start.onEnd?.()
    },
  }
}

// Our end of the pseudo-terminal is not closed in programs that are started once it is open, and
// one that holds it would never learn that we are gone: so the TUI is first started, and then told.
const DRAW_THERE = 'IFS= read -r terminal <&3 && exec "$@" >"$terminal" 3<&-'

function tell(child: ChildProcess, path: string): void {
  const pipe = child.stdio[3] as Writable
  pipe.on('error', () => {})
  pipe.end(`${path}\n`)
}

class Screen {
  static show(open: OpenPseudoTerminal, closingWords: ClosingWords): Screen {
    const { columns, rows } = process.stdout
    return new Screen(open(columns, rows), closingWords)
  }

  readonly #terminal: PseudoTerminal
  readonly #closingWords: ClosingWords
  readonly #ended: Promise<void>
  #unsure: NodeJS.Timeout | undefined

  constructor(terminal: PseudoTerminal, closingWords: ClosingWords) {
    this.#terminal = terminal
    this.#closingWords = closingWords
    const { output } = terminal
    this.#ended = new Promise((resolve) => {
      output.on('close', resolve)
      // That is its end on Linux: EIO.
      output.on('error', () => resolve())
    })
    output.on('data', (bytes: Buffer) => this.#pass(bytes))
    process.stdout.on('resize', this.#resized)
    process.on('SIGTSTP', this.#suspended)
  }

  get path(): string {
    return this.#terminal.path
  }

  /** The TUI has ended: resolves when all that it wrote is on the real screen. */
  async close(): Promise<void> {
    this.#terminal.release()
    await within(DRAIN_MILLISECONDS, this.#ended)
    process.stdout.off('resize', this.#resized)
    process.off('SIGTSTP', this.#suspended)
    this.#terminal.output.destroy()
    clearTimeout(this.#unsure)
    draw(this.#closingWords.release())
  }

  #pass(bytes: Buffer): void {
    // Whoever writes has it open.
    this.#terminal.release()
    clearTimeout(this.#unsure)
    draw(this.#closingWords.push(bytes))
    if (!this.#closingWords.isUnsure) return
    this.#unsure = setTimeout(() => draw(this.#closingWords.release()), QUIET_MILLISECONDS)
  }

  readonly #resized = () => {
    this.#terminal.resize(process.stdout.columns, process.stdout.rows)
  }

  /** Ctrl-Z stops the TUI, and us once the real screen is as the TUI left it. */
  readonly #suspended = async () => {
    await this.#quiet()
    process.off('SIGTSTP', this.#suspended)
    // Where nobody could wake us again, the system lets this pass, as it does with the TUI.
    process.kill(process.pid, 'SIGTSTP')
    process.on('SIGTSTP', this.#suspended)
  }

  async #quiet(): Promise<void> {
    const { output } = this.#terminal
    let isQuiet = false
    const heard = () => {
      isQuiet = false
    }
    output.on('data', heard)
    while (!isQuiet) {
      isQuiet = true
      await pause(QUIET_MILLISECONDS)
    }
    output.off('data', heard)
  }
}

function draw(bytes: Uint8Array): void {
  if (bytes.length > 0) process.stdout.write(bytes)
}
