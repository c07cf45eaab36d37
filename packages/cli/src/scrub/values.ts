import { text } from 'node:stream/consumers'
import { CommandError, EXIT } from '../command-error.js'

/** A shorter value would match innocent text, which would be destroyed. */
const SHORTEST = 6

/**
 * Reads the values on standard input, one per line.
 *
 * @throws CommandError `wrong-use` if there is none, or one is too short.
 */
export async function valuesFrom(input: NodeJS.ReadableStream): Promise<string[]> {
  const lines = (await text(input)).split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length === 0) throw wrongUse('Standard input names no value.')
  const short = lines.findIndex((line) => line.trim().length < SHORTEST)
  if (short >= 0) {
    throw wrongUse(
      `The value in line ${short + 1} of standard input has less than ${SHORTEST} characters: too much that is not a secret would be replaced.`,
    )
  }
  return lines
}

function wrongUse(message: string): CommandError {
  return new CommandError('wrong-use', EXIT.wrongUse, message)
}
