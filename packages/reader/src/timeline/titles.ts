import type { Thread, Turn } from '@tacho/model'

/** Returns a thread's title: `title`, `sub-agent 2`; `user` for the user's own. */
export function threadTitle({ kind, number, of }: Thread): string {
  const words = kind === 'other' ? 'other thread' : kind
  return of > 1 ? `${words} ${number}` : words
}

/** Returns a turn's title: `turn 2` for the user's, `sub-agent 1, turn 2`, `compaction`. */
export function turnTitle(turn: Turn, thread: Thread): string {
  if (turn.kind === 'user') return `turn ${turn.number}`
  if (turn.kind !== thread.kind) return turn.kind
  const isOnly = thread.turns.length === 1
  return isOnly ? threadTitle(thread) : `${threadTitle(thread)}, turn ${turn.number}`
}
