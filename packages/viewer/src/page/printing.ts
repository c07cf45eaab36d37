import { signal } from '@preact/signals'
import { options } from 'preact'

/**
 * Whether the page is being printed: long lists are then complete, and colours are dark on white.
 */
export const isPrinting = signal(false)

/** Follows the browser. What is to be printed must be there when the event handler returns. */
export function followPrinting(): void {
  const media = window.matchMedia('print')
  const look = (): void => {
    const { debounceRendering } = options
    options.debounceRendering = (render) => render()
    isPrinting.value = media.matches
    options.debounceRendering = debounceRendering as (render: () => void) => void
  }
  media.addEventListener('change', look)
  window.addEventListener('beforeprint', look)
  window.addEventListener('afterprint', look)
}
