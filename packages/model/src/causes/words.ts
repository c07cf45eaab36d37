import type { SessionCase } from './session-case.js'

/** Formats a duration for a sentence: `85 ms`, `1.2 s`, `2 min 5 s`, `3 h 12 min`. */
export function timeWords(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** Formats how long ago something was; both times are in microseconds. */
export function agoWords(at: number, now: number): string {
  return `${timeWords((now - at) / 1000)} ago`
}

/** Shortens a text to a part of one line, for a sentence. */
export function shortText(text: string, most = 160): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}

/** Quotes a command or a question, for a sentence. */
export function quoted(text: string, most = 80): string {
  return `"${shortText(text, most)}"`
}

/** Formats a count with its noun: `1 request`, `3 requests`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Says how to go on after an end: an agent resumes its session, and a program only starts anew. */
export function goOnWords({ runs }: Pick<SessionCase, 'runs'>): string {
  return runs.at(-1)?.isFromInside
    ? 'Start the program again to go on.'
    : 'Resume the session to go on.'
}
