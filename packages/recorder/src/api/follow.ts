import { words } from './tell.js'

/** How work of the host's ended. */
export type Ending = { outcome: 'completed' | 'failed' | 'cancelled'; error?: string | undefined }

/** What work gives: a promise where it gives one, of whatever kind. */
export type Given<Result> = Result extends PromiseLike<infer Value> ? Promise<Value> : Result

/**
 * Does work and gives what it gives; it is over when that has settled.
 *
 * @param onEnd is told how. Throws nothing.
 */
export function follow<Result>(work: () => Result, onEnd: (ending: Ending) => void): Given<Result> {
  let result: Result
  try {
    result = work()
  } catch (cause) {
    onEnd(endingBy(cause))
    throw cause
  }
  if (!isPromiseLike(result)) {
    onEnd({ outcome: 'completed' })
    return result as Given<Result>
  }
  const settled = Promise.resolve(result).then(
    (value) => {
      onEnd({ outcome: 'completed' })
      return value
    },
    (cause) => {
      onEnd(endingBy(cause))
      throw cause
    },
  )
  return settled as Given<Result>
}

/** Does work that nobody follows: what it gives is of the same kind. */
export function unfollowed<Result>(work: () => Result): Given<Result> {
  const result = work()
  return (isPromiseLike(result) ? Promise.resolve(result) : result) as Given<Result>
}

/** What an error says: that it was stopped, or what went wrong. Throws nothing. */
export function endingBy(cause: unknown): Ending {
  if (isAbort(cause)) return { outcome: 'cancelled' }
  return { outcome: 'failed', error: errorLine(cause) }
}

// The names of DOM's error, and of those of the SDKs of OpenAI and Anthropic.
const ABORTS = new Set(['AbortError', 'APIUserAbortError'])

function isAbort(cause: unknown): boolean {
  try {
    return cause instanceof Error && (ABORTS.has(cause.name) || ABORTS.has(cause.constructor.name))
  } catch {
    return false
  }
}

/** Its first line: where it was thrown is known to who wrote the program. */
function errorLine(cause: unknown): string {
  try {
    if (cause instanceof Error) return words(`${cause.name}: ${cause.message}`)
  } catch {
    // It says nothing that can be read.
  }
  return words(cause)
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
  } catch {
    return false
  }
}
