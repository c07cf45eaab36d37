import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The commands of `tacho`, as the build writes them for completion (scripts/bundle/commands.ts). */
export type TachoCommands = {
  /**
   * The long options of a command, or nothing if there is no such command.
   *
   * @param below the word after it, which may be a subcommand: `export otlp`.
   */
  optionsOf(command: string, below?: string): ReadonlySet<string> | undefined
  /** Whether a command runs an agent: options that are not ours are then the agent's. */
  isAgent(command: string): boolean
}

/** A command in that file, which omits what is empty or false. */
type CommandNode = {
  name: string
  options?: { spellings: string[] }[]
  commands?: CommandNode[]
  passesOptionsOn?: boolean
}

/** @param file the built `command-tree.json.gz`. */
export function tachoCommands(file: string): TachoCommands {
  if (!existsSync(file)) throw new Error(`${file} is missing. Run: npm run build`)
  const tacho: CommandNode = JSON.parse(gunzipSync(readFileSync(file)).toString())
  return {
    isAgent: (command) => childOf(tacho, command)?.passesOptionsOn === true,
    optionsOf(command, below = '') {
      const own = childOf(tacho, command)
      return own && new Set(longOptionsOf(childOf(own, below) ?? own))
    },
  }
}

function childOf({ commands = [] }: CommandNode, name: string): CommandNode | undefined {
  return commands.find((one) => one.name === name)
}

function longOptionsOf({ options = [] }: CommandNode): string[] {
  return options.flatMap(({ spellings }) => spellings.filter((one) => one.startsWith('--')))
}
