import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** An answer that is waited for, or why there is none. */
export type Awaited<Answer> = { answer: Answer | undefined; problem: string | undefined }

/** Asks whenever one of `about` changes; what was asked before is forgotten. */
export function useAnswer<Answer>(
  ask: () => Promise<Answer>,
  about: readonly unknown[],
): Awaited<Answer> {
  const state = useSignal<Awaited<Answer>>({ answer: undefined, problem: undefined })
  useEffect(() => {
    let isWanted = true
    state.value = { answer: undefined, problem: undefined }
    ask().then(
      (answer) => {
        if (isWanted) state.value = { answer, problem: undefined }
      },
      (cause: Error) => {
        if (isWanted) state.value = { answer: undefined, problem: cause.message }
      },
    )
    return () => {
      isWanted = false
    }
  }, about)
  return state.value
}
