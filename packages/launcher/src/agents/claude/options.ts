/** What stands on a command line, as far as that can be told without knowing all of its options. */
export type Options = {
  /** Each option that stands there, with the word behind it; of several the last one counts. */
  options: ReadonlyMap<string, string | undefined>
  /** The first word, where that is no option: a prompt or a command. */
  first: string | undefined
}

/** The options of Claude Code's arguments: all that begins with a dash before a `--`. */
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

/** Short options can stand together: `-pc` is `-p -c`. */
function lettersOf(argument: string): string[] {
  return /^-[a-z]{2,}$/i.test(argument) ? argument.slice(1).split('') : []
}
