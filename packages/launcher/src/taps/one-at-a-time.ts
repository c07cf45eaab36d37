/**
 * Runs work that is requested repeatedly, for example by a file watcher: one run at a time, and
 * another if it was requested meanwhile, because the current run may have missed the news.
 *
 * @returns a function that requests the work; it resolves when all requested work is done.
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let isAsked = false
  let doing: Promise<void> | undefined
  const all = async (): Promise<void> => {
    try {
      while (isAsked) {
        isAsked = false
        await work()
      }
    } finally {
      doing = undefined
    }
  }
  return () => {
    isAsked = true
    doing ??= all()
    return doing
  }
}
