import { signal } from '@preact/signals'

const preference = window.matchMedia('(prefers-color-scheme: dark)')

/** Whether the user wants light on dark. */
export const isDark = signal(preference.matches)

preference.addEventListener('change', ({ matches }) => {
  isDark.value = matches
})
