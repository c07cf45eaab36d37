import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'

/**
 * Reads from one of Gemini CLI's transcripts. They are where its tools can write: a pipe in the
 * place of one must not block Tacho, and with it the agent.
 *
 * @returns what `read` returns; undefined if there is no such file, or it is not ours to read.
 */
export function readChat<Read>(
  file: string,
  read: (descriptor: number, stats: Stats) => Read,
): Read | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const stats = fstatSync(descriptor)
    return stats.isFile() ? read(descriptor, stats) : undefined
  } catch {
    return undefined
  } finally {
    closeSync(descriptor)
  }
}
