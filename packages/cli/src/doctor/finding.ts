/** What `tacho doctor` says of one thing. */
export type Finding = {
  /** What was looked at: `codex`, `sessions`, `index` … */
  about: string
  /** `warning`: it works, and may not be what is wanted. */
  status: 'ok' | 'warning' | 'problem'
  text: string
  /** What to do; absent where nothing is to be done. */
  next?: string
}
