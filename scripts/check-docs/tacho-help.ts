import { spawnSync } from 'node:child_process'

/** What `tacho` says of itself. */
export type TachoHelp = {
  /** The long options of a command, or nothing where there is no such command. */
  optionsOf(command: string): ReadonlySet<string> | undefined
}

/** Asks the built command for its help, once for each command that is looked for. */
export function tachoHelp(program: string): TachoHelp {
  const help = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' }).stdout
  const commands = new Set(
    [...help('--help').matchAll(/^ {2}([a-z]+)[ |]/gm)].map(([, name]) => name),
  )
  if (commands.size === 0) {
    throw new Error(`${program} prints no help. Is it built? Run: npm run build`)
  }
  const known = new Map<string, ReadonlySet<string>>()
  return {
    optionsOf(command) {
      if (!commands.has(command)) return undefined
      const options = known.get(command) ?? new Set(help('help', command).match(/--[a-z][a-z-]*/g))
      known.set(command, options)
      return options
    },
  }
}
