import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'

/** The id of a session, which every command accepts, to be copied with a click. */
export function SessionId({ id }: { id: string }) {
  const text = useRef<HTMLElement>(null)
  const isCopied = useSignal(false)
  const copy = async (): Promise<void> => {
    // If the browser denies access to the clipboard, Ctrl-C copies the selected text.
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
