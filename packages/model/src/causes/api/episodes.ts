import type { Call, SessionCase } from '../session-case.js'
import { type CallTrouble, troubleOf } from './call-trouble.js'

/** Requests of one thread that failed one after another. */
export type Episode = {
  failed: { call: Call; trouble: CallTrouble }[]
  /** The request that was answered next; absent if none was. */
  recovered?: Call
  /** Whether that was in the same turn, so that the agent retried and not its user. */
  isSameTurn: boolean
  isOfUser: boolean
}

/** If a WebSocket is refused like this, the agent continues over HTTP, as it should. */
const UPGRADE_REQUIRED = 426

/** Returns the failed requests, grouped with those of the same thread right before and after. */
export function episodesOf(session: SessionCase): Episode[] {
  const open = new Map<string, Episode>()
  const episodes: Episode[] = []
  const asides = new Set(
    session.parts.threads.filter(({ kind }) => kind !== 'user').map(({ id }) => id),
  )
  for (const call of session.calls) {
    if (!isAsked(call)) continue
    const thread = call.threadId ?? ''
    const episode = open.get(thread)
    const trouble = troubleOf(call, session)
    if (trouble === undefined) {
      if (call.outcome !== 'completed' || call.isConnection || call.isPrewarm) continue
      if (episode !== undefined) {
        episode.recovered = call
        episode.isSameTurn = episode.failed.at(-1)?.call.turnId === call.turnId
        open.delete(thread)
      }
      continue
    }
    if (episode !== undefined) episode.failed.push({ call, trouble })
    else {
      const begun = {
        failed: [{ call, trouble }],
        isSameTurn: false,
        isOfUser: !asides.has(thread),
      }
      open.set(thread, begun)
      episodes.push(begun)
    }
  }
  return episodes
}

// An upgrade asks no model, but if it is refused, no model can be asked.
function isAsked(call: Call): boolean {
  if (call.asksModel) return true
  const isUpgrade = call.method === 'GET' && /\/responses(\?|$)/.test(call.url)
  return isUpgrade && call.status !== UPGRADE_REQUIRED
}
