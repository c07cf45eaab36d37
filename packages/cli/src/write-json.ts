import { CommandError, EXIT } from './command-error.js'
import { jsonText } from './json-text.js'
import { write } from './output.js'

/**
 * Formats a recorded value as JSON.
 *
 * @throws CommandError `too-deep` if it is nested too deeply, or too long for one string.
 */
export function recordedJson(value: unknown, indent?: number): string {
  try {
    return jsonText(value, indent)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const words = 'the input cannot be written anew: it is nested too deeply, or too long.'
    throw new CommandError('too-deep', EXIT.failure, words, { cause })
  }
}

/** Writes the output of a command's `--json`. */
export async function writeJson(value: unknown): Promise<void> {
  await write(`${recordedJson(value, 2)}\n`)
}
