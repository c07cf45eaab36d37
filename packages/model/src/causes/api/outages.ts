import type { Cause } from '../cause.js'
import type { LogWords, SessionCase } from '../session-case.js'
import { timeWords } from '../words.js'
import { systemErrorCode } from './system-error-code.js'

// The HTTP tap's own sentences (launcher/taps/http/outage.ts). Meanwhile it refuses the agent's
// requests, as the API would, so no exchange shows this.
const AWAY = /^(\S+) cannot be reached \(([^)]+)\)/
const BACK = /^(\S+) can be reached again/

/** Returns the times when the API could not be reached at all. */
export function outages(session: SessionCase): Cause[] {
  const open = new Map<string, LogWords>()
  const found: { began: LogWords; origin: string; reason: string; over?: LogWords }[] = []
  for (const words of session.words) {
    if (words.source !== 'tacho') continue
    const [, origin, reason] = AWAY.exec(words.text) ?? []
    if (origin !== undefined && reason !== undefined && !open.has(origin)) {
      open.set(origin, words)
      found.push({ began: words, origin, reason })
    }
    const back = BACK.exec(words.text)?.[1]
    const outage = found.findLast((one) => one.origin === back && one.over === undefined)
    if (outage !== undefined) {
      outage.over = words
      open.delete(outage.origin)
    }
  }
  return found.map(({ began, origin, reason, over }) => {
    const answered = session.calls.some(
      ({ startedMicros, outcome }) => startedMicros > began.at && outcome === 'completed',
    )
    const code = systemErrorCode(reason, false) ?? 'unreachable'
    return {
      code,
      certainty: 'certain' as const,
      clues: [
        { at: began.place, text: began.text },
        ...(over === undefined ? [] : [{ at: over.place, text: over.text }]),
      ],
      sentence: `${origin} ${HOW[code] ?? 'could not be reached'} (${reason})${over === undefined ? '' : ` for ${timeWords((over.at - began.at) / 1000)}`}.`,
      next: "Look at the base URL in the agent's configuration, at whether the API is up, and at the network and the proxy settings.",
      weight: answered ? ('note' as const) : ('end' as const),
    }
  })
}

const HOW: Readonly<Record<string, string>> = {
  'connection-refused': 'refused every connection',
  dns: 'has a name that could not be resolved',
  tls: 'could not be connected to, for TLS failed',
  'connection-reset': 'broke off every connection',
}
