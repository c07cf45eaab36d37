import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

export const isHelpOpen = signal(false)

const KEYS: readonly [string, string][] = [
  ['j, k', 'the next thing, the one before'],
  ['e, E', 'the next exchange, the one before'],
  ['x', 'the next thing that failed or never ended'],
  ['1 to 7', 'the tabs of a session'],
  ['+, −, 0', 'zoom in, out, and show all (in the time line)'],
  ['←, →', 'move (in the time line)'],
  ['↑, ↓, Home, End', 'choose (in a list)'],
  ['drag', 'choose a stretch of time: everything shows that alone'],
  ['Esc', 'all of the time again; nothing selected'],
  ['?', 'these keys'],
]

/** The keyboard shortcuts, on a sheet above the page. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isHelpOpen.value])
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={() => (isHelpOpen.value = false)}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => (isHelpOpen.value = false)}>
        close
      </button>
    </dialog>
  )
}
