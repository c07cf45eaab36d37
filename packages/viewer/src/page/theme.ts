import { computed, signal } from '@preact/signals'
import { isPrinting } from './printing.js'

const preference = window.matchMedia('(prefers-color-scheme: dark)')
const isWanted = signal(preference.matches)

/** Whether colours are light on dark, as the user wants; paper is white. */
export const isDark = computed(() => isWanted.value && !isPrinting.value)

preference.addEventListener('change', ({ matches }) => {
  isWanted.value = matches
})
