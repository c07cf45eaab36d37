import type { StartChange } from '../taps/start-change.js'

/** Adds options after the user's own, so that they win, but before `--`. */
export function withOptions(args: readonly string[], options: readonly string[]): string[] {
  const end = args.indexOf('--')
  const at = end < 0 ? args.length : end
  return [...args.slice(0, at), ...options, ...args.slice(at)]
}

/** Adds Tacho's options to a start. */
export function addOptions(options: readonly string[]): StartChange {
  return (start) => ({ ...start, args: withOptions(start.args, options) })
}
