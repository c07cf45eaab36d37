import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** An answer that may still be awaited, or why there is none. */
export type Awaited<Answer> = { answer: Answer | undefined; problem: string | undefined }

/** Asks again whenever one of `about` changes, and drops earlier answers. */
export function useAnswer<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  about: readonly unknown[],
): Awaited<Answer> {
  const state = useSignal<Awaited<Answer>>({ answer: undefined, problem: undefined })
  useEffect(() => {
    const stop = new AbortController()
    state.value = { answer: undefined, problem: undefined }
    ask(stop.signal).then(
      (answer) => {
        if (!stop.signal.aborted) state.value = { answer, problem: undefined }
      },
      (cause: Error) => {
        if (!stop.signal.aborted) state.value = { answer: undefined, problem: cause.message }
      },
    )
    return () => stop.abort()
  }, about)
  return state.value
}
