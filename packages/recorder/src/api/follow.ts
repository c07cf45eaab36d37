import { words } from './tell.js'

/** How the host's work ended. */
export type Ending = { outcome: 'completed' | 'failed' | 'cancelled'; error?: string | undefined }

/** What work returns: a real promise if it returns anything thenable. */
export type Given<Result> = Result extends PromiseLike<infer Value> ? Promise<Value> : Result

/**
 * Runs work and returns its result; the work is over once that has settled.
 *
 * @param onEnd hears how it ended. Must not throw.
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

/** Runs work without recording it; the result has the same type as with {@link follow}. */
export function unfollowed<Result>(work: () => Result): Given<Result> {
  const result = work()
  return (isPromiseLike(result) ? Promise.resolve(result) : result) as Given<Result>
}

/** Derives the ending from an error: cancelled, or what went wrong. Never throws. */
export function endingBy(cause: unknown): Ending {
  if (isAbort(cause)) return { outcome: 'cancelled' }
  return { outcome: 'failed', error: errorLine(cause) }
}

// The names of the DOM's error, and of those in the OpenAI and Anthropic SDKs.
const ABORTS = new Set(['AbortError', 'APIUserAbortError'])

function isAbort(cause: unknown): boolean {
  try {
    return cause instanceof Error && (ABORTS.has(cause.name) || ABORTS.has(cause.constructor.name))
  } catch {
    return false
  }
}

/** Leaves out the stack: the program's author knows where it was thrown. */
function errorLine(cause: unknown): string {
  try {
    if (cause instanceof Error) return words(`${cause.name}: ${cause.message}`)
  } catch {
    // The error cannot be read.
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
