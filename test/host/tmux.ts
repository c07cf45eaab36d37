import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.js'
import type { Command } from './process.js'
import { TmuxControl } from './tmux-control.js'

export type TerminalOptions = {
  /** The complete environment of the program; the terminal sets TERM. */
  env: Record<string, string>
  cwd: string
  /** Width in characters. Default: 100. */
  columns?: number
  /** Default: 30. */
  rows?: number
}

/** How a program in a terminal ended, and the screen at that time. */
export type TerminalEnded = {
  exitCode: number
  /** Whether the terminal's modes (`stty -g`) are what they were before the program. */
  hasItsModes: boolean
  screen: string
}

/**
 * Starts a program in a real terminal without a window, in its own tmux server.
 *
 * @example
 * await using terminal = await openTerminal(await codexCommand(), [], { env, cwd })
 * await terminal.showing('Ask Codex')
 * terminal.type('Hello')
 * terminal.press('Enter')
 */
export async function openTerminal(
  command: string | Command,
  args: readonly string[],
  options: TerminalOptions,
): Promise<Terminal> {
  const folder = await mkdtemp(join(tmpdir(), 'tacho-terminal-'))
  const socket = join(folder, 'tmux')
  const words = [...(typeof command === 'string' ? [command] : command), ...args]
  const { env, cwd, columns = 100, rows = 30 } = options
  const size = ['-x', String(columns), '-y', String(rows)]
  // The server takes the variables of its first session, and the program gets only some of those.
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const started = spawnSync(
    'tmux',
    [
      ...['-S', socket, '-f', '/dev/null', 'new-session', '-d', '-c', cwd, ...size, ...variables],
      ...['sh', '-c', RUN_AND_STAY, 'sh', ...words],
    ],
    { env, encoding: 'utf8' },
  )
  if (started.status !== 0) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(`tmux could not start: ${started.stderr || started.error?.message}`)
  }
  return new Terminal(folder, socket, new TmuxControl(socket, env))
}

// The shell runs before and after; its last lines tell how the program ended.
const RUN_AND_STAY = `modes=$(stty -g)
"$@"
code=$?
[ "$modes" = "$(stty -g)" ] && kept=kept || kept=changed
printf 'ended %s %s\\n' "$code" "$kept"
exec sleep 600`

// A killed program may have left the terminal without carriage returns.
const ENDED = /^ *ended (\d+) (kept|changed)$/m

const CAPTURE = ['capture-pane', '-p'] as const

/**
 * A key that has done nothing for so long was ignored. On a busy machine one may only be late, and a
 * second one would then go to whatever comes after the question.
 */
const IGNORED_MS = 5_000

function withoutBlanks(captured: string): string {
  const lines = captured.split('\n')
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

/** A terminal and its program. Leaving the scope of `await using` ends both. */
export class Terminal {
  readonly #folder: string
  readonly #socket: string
  readonly #control: TmuxControl

  /** Use `openTerminal`. */
  constructor(folder: string, socket: string, control: TmuxControl) {
    this.#folder = folder
    this.#socket = socket
    this.#control = control
  }

  /** The screen, without trailing spaces and trailing empty lines. */
  get screen(): string {
    return withoutBlanks(this.#tmux(...CAPTURE))
  }

  /** The process id of the shell that runs the program. */
  get pid(): number {
    return Number(this.#tmux('list-panes', '-F', '#{pane_pid}'))
  }

  /** The screen, once it shows the text. Rejects after a deadline. */
  showing(text: string | RegExp): Promise<string> {
    return eventually(async () => {
      const screen = await this.#look()
      if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen
      throw new Error(`The screen does not show ${String(text)}. It is:\n${screen}`)
    })
  }

  /** Types characters faster than any person: some programs take that for a paste. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', text)
  }

  /**
   * Answers a question with a key, by tmux's name, and presses it again if the question is still
   * there: a TUI ignores keys that follow its dialog immediately, so that nobody answers by
   * accident.
   */
  answer(key: string, question: string): Promise<void> {
    return eventually(async () => {
      this.press(key)
      await eventually(async () => {
        if ((await this.#look()).includes(question))
          throw new Error(`The screen still asks: ${question}`)
      }, IGNORED_MS)
    })
  }

  /** Pastes a text as a bracketed paste. */
  paste(text: string): void {
    this.#tmux('set-buffer', text)
    this.#tmux('paste-buffer', '-p')
  }

  /** Presses keys by tmux's names: `Enter`, `Escape`, `C-c`, `Up`. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** How the program ended. */
  async ended(): Promise<TerminalEnded> {
    const screen = await this.showing(ENDED)
    const [line = '', code, modes] = ENDED.exec(screen) ?? []
    return {
      exitCode: Number(code),
      hasItsModes: modes === 'kept',
      screen: screen.slice(0, screen.lastIndexOf(line)),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#control.close()
    spawnSync('tmux', ['-S', this.#socket, 'kill-server'])
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Reads the screen without blocking this process, which serves the program in it. */
  async #look(): Promise<string> {
    return withoutBlanks(await this.#control.ask(CAPTURE.join(' ')))
  }

  #tmux(...args: string[]): string {
    const done = spawnSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`tmux ${args[0]}: ${done.stderr}`)
    return done.stdout
  }
}
