import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'

/** The id of a session, by which every command knows it, to be copied with a click. */
export function SessionId({ id }: { id: string }) {
  const text = useRef<HTMLElement>(null)
  const isCopied = useSignal(false)
  const copy = async (): Promise<void> => {
    // Where a browser keeps its clipboard to itself, Ctrl-C copies what is selected.
    if (text.current !== null) getSelection()?.selectAllChildren(text.current)
    try {
      await navigator.clipboard.writeText(id)
      isCopied.value = true
    } catch {
      isCopied.value = false
    }
  }
  return (
    <span class="session-id">
      <code ref={text}>{id}</code>{' '}
      <button type="button" class="link" aria-label="Copy the id" onClick={copy}>
        {isCopied.value ? 'copied' : 'copy'}
      </button>
      {' · '}
    </span>
  )
}
