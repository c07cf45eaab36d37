/** A finding of `tacho doctor` about one thing. */
export type Finding = {
  /** What was checked: `codex`, `sessions`, `index` … */
  about: string
  /** `warning`: it works, but may not be what is wanted. */
  status: 'ok' | 'warning' | 'problem'
  text: string
  /** What to do; absent if there is nothing. */
  next?: string
}
