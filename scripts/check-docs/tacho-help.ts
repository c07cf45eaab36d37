import { spawnSync } from 'node:child_process'

/** What `tacho` says about itself. */
export type TachoHelp = {
  /**
   * The long options of a command, or nothing if there is no such command.
   *
   * @param below the word after it, which may be a subcommand: `export otlp`.
   */
  optionsOf(command: string, below?: string): ReadonlySet<string> | undefined
  /** Whether a command runs an agent: options that are not ours are then the agent's. */
  isAgent(command: string): boolean
}

/** Asks the built command for its help, once for each command. */
export function tachoHelp(program: string): TachoHelp {
  const help = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' }).stdout
  const commands = new Set(
    [...help('--help').matchAll(/^ {2}([a-z]+)[ |]/gm)].map(([, name]) => name),
  )
  if (commands.size === 0) {
    throw new Error(`${program} prints no help. Is it built? Run: npm run build`)
  }
  const known = new Map<string, string>()
  const told = (...words: string[]): string => {
    // `--help` would ask the agent for its help, and we do not run the agent here.
    const asked = words.length === 1 ? ['help', ...words] : [...words, '--help']
    const text = known.get(words.join(' ')) ?? help(...asked)
    known.set(words.join(' '), text)
    return text
  }
  return {
    isAgent: (command) => /^Usage: .* \[arguments\.\.\.\]$/m.test(told(command)),
    optionsOf(command, below = '') {
      if (!commands.has(command)) return undefined
      const own = told(command)
      const isCommand = new RegExp(`^ {2}${below} `, 'm').test(own)
      const text = /^[a-z]+$/.test(below) && isCommand ? told(command, below) : own
      return new Set(text.match(/--[a-z][a-z-]*/g))
    },
  }
}
