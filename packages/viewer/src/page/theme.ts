import { computed, signal } from '@preact/signals'
import { isPrinting } from './printing.js'

const preference = window.matchMedia('(prefers-color-scheme: dark)')
const isWanted = signal(preference.matches)

/** Whether it is light on dark, as the user wants it; paper is white. */
export const isDark = computed(() => isWanted.value && !isPrinting.value)

preference.addEventListener('change', ({ matches }) => {
  isWanted.value = matches
})
