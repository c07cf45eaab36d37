import { WrongUse } from './switches.js'

/** A program named by the user, and the options before it. */
export type NamedProgram = { options: string[]; command: string; args: string[] }

/**
 * Returns the program to run, after the `--`.
 *
 * @throws WrongUse if there is none.
 */
export function namedProgram(agent: string, args: readonly string[]): NamedProgram {
  const end = args.indexOf('--')
  const command = args[end + 1]
  if (end < 0 || command === undefined || command === '')
    throw new WrongUse(
      `Say what to run behind --, as in: tacho ${agent} --persist-session -- program its arguments`,
    )
  return { options: args.slice(0, end), command, args: args.slice(end + 2) }
}
