import { signal } from '@preact/signals'
import { options } from 'preact'

/** Whether the page is being put on paper: long lists are then whole, and colours are dark on white. */
export const isPrinting = signal(false)

/** Follows the browser. What is to be printed must be there when the event is over. */
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
