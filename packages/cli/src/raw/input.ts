import type { ModelInput } from '@tacho/reader'
import { CommandError, EXIT } from '../command-error.js'
import { jsonText } from '../json-text.js'
import { write } from '../output.js'

/**
 * Writes what a model was given as the one request that it could have been: a JSON object with an input
 * item on each line.
 *
 * @throws CommandError `incomplete` at the end, where a part of it is not there.
 */
export async function writeInput({ request, items, missing }: ModelInput): Promise<void> {
  const others = shallow(request)
  await write(`${others === '{}' ? '{' : `${others.slice(0, -1)},`}"input":[`)
  let separator = '\n'
  for (const { value } of items) {
    await write(separator + shallow(value))
    separator = ',\n'
  }
  await write('\n]}\n')
  if (missing.length === 0) return
  const words = missing.map(({ reason }) => reason)
  throw new CommandError('incomplete', EXIT.incomplete, words.join('\n'))
}

function shallow(value: unknown): string {
  try {
    return jsonText(value)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const words = 'the input cannot be written anew: it is nested too deeply, or too long.'
    throw new CommandError('too-deep', EXIT.failure, words, { cause })
  }
}
