/** A program cannot be installed. The message says why and what to do about it. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
}

/**
 * Explains a failed command by what it printed, and adds the remedy. Other programs describe their
 * failures only in messages, so this looks for the words that they use.
 *
 * @param what the command, as the user would type it.
 */
export function commandFailure(what: string, output: string): ProgramError {
  const remedy = remedies.find(({ sign }) => sign.test(output))?.remedy
  const advice = remedy ?? 'The end of what it printed is above this line.'
  return new ProgramError(`${tailOf(output)}\n${what} failed. ${advice}`)
}

/** The cache folder cannot be used: the file system's error, and the remedy. */
export function folderFailure(folder: string, cause: unknown): ProgramError {
  const message = cause instanceof Error ? cause.message : String(cause)
  const remedy = remedies.find(({ sign }) => sign.test(message))?.remedy
  const advice = remedy ?? 'Set XDG_CACHE_HOME to a folder that you can write to.'
  return new ProgramError(`Can't use ${folder}: ${message}. ${advice}`, { cause })
}

const remedies = [
  {
    sign: /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i,
    remedy: 'The disk is full: make room, or set XDG_CACHE_HOME (for Go builds: GOCACHE, GOPATH).',
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|no such host|dial tcp|i\/o timeout|TLS handshake timeout/,
    remedy:
      'The network cannot be reached: connect, or set your proxy or mirror, and run it again.',
  },
  {
    sign: /requires go >= |toolchain not available/,
    remedy: 'The installed Go is too old: install a newer one (https://go.dev/doc/install).',
  },
] as const

const TAIL_LINES = 20

function tailOf(output: string): string {
  return output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
}
