import type { SessionAnswer } from '../../api/answers.js'
import { type Change, changed } from '../../api/change.js'
import type { Follower } from './source.js'

/** How long to wait before asking a server again that broke off. */
const PAUSE_MS = 1000

/**
 * Follows a session by the changes that a server sends, one per line.
 *
 * @param ask opens them; the first line contains the whole session.
 */
export async function follow(
  ask: () => Promise<Response>,
  { told, failed }: Follower,
  signal: AbortSignal,
): Promise<void> {
  try {
    while (!signal.aborted) {
      const response = await ask()
      let answer: unknown
      try {
        for await (const lines of linesOf(response)) {
          for (const line of lines) answer = changed(answer, JSON.parse(line) as Change)
          if (!signal.aborted) told(answer as SessionAnswer)
        }
      } catch {
        // It broke off: the next request will show why.
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  } catch (cause) {
    if (!signal.aborted) failed(cause as Error)
  }
}

/** Yields lines as they come. */
async function* linesOf({ body }: Response): AsyncGenerator<string[]> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  let begun: string[] = []
  for (;;) {
    const { done = true, value = '' } = (await reader?.read()) ?? {}
    if (done) return
    const [first = '', ...lines] = value.split('\n')
    begun.push(first)
    const last = lines.pop()
    if (last === undefined) continue
    yield [begun.join(''), ...lines]
    begun = [last]
  }
}
