import type { ModelInput } from '@tacho/reader'
import { CommandError, EXIT } from '../command-error.js'
import { write } from '../output.js'
import { recordedJson } from '../write-json.js'

/**
 * Writes what a model was given as the single request that it could have been: a JSON object with
 * an input item on each line.
 *
 * @throws CommandError `incomplete` at the end, if a part is missing.
 */
export async function writeInput({ request, items, missing }: ModelInput): Promise<void> {
  const others = recordedJson(request)
  await write(`${others === '{}' ? '{' : `${others.slice(0, -1)},`}"input":[`)
  let separator = '\n'
  for (const { value } of items) {
    await write(separator + recordedJson(value))
    separator = ',\n'
  }
  await write('\n]}\n')
  if (missing.length === 0) return
  const words = missing.map(({ reason }) => reason)
  throw new CommandError('incomplete', EXIT.incomplete, words.join('\n'))
}
