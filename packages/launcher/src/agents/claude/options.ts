/** A command line, as far as it can be parsed without knowing all options. */
export type Options = {
  /** Each option, with the word after it; if it repeats, the last one counts. */
  options: ReadonlyMap<string, string | undefined>
  /** The first word, if it is not an option: a prompt or a command. */
  first: string | undefined
}

/**
 * Returns the options in Claude Code's arguments: everything before `--` that begins with a dash.
 */
export function optionsOf(args: readonly string[]): Options {
  const options = new Map<string, string | undefined>()
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  for (const [index, argument] of own.entries()) {
    if (!argument.startsWith('-')) continue
    const [, name = argument, value] = /^(--[^=]+)=(.*)$/s.exec(argument) ?? []
    options.set(name, value ?? own[index + 1])
    for (const letter of lettersOf(argument)) options.set(`-${letter}`, undefined)
  }
  const [first] = args
  return { options, first: first?.startsWith('-') ? undefined : first }
}

/** Short options can be combined: `-pc` is `-p -c`. */
function lettersOf(argument: string): string[] {
  return /^-[a-z]{2,}$/i.test(argument) ? argument.slice(1).split('') : []
}
