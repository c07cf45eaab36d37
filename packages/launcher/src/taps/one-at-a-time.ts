/**
 * Work that is asked for now and again, by a watcher of files say: it is done once at a time, and once
 * more where it was asked for meanwhile, because what it saw may be older.
 *
 * @returns asks for it; resolves when all that was asked for is done.
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
