import type { InFlight } from './cause.js'
import type { SessionCase } from './session-case.js'

/** What was not over when the session ended or died, or is not over now; what is innermost first. */
export function inFlightOf(session: SessionCase): InFlight[] {
  const { parts, calls } = session
  const until = endOfTime(session)
  const lasting = (startedAt: number) => ({
    startedAt,
    forMs: Math.max(0, Math.round((until - startedAt) / 1000)),
  })
  return [
    ...parts.approvals
      .filter(({ open }) => open !== undefined)
      .map(({ spanId, kind, what, askedAt }): InFlight => {
        return { kind: 'approval', spanId, what: what ?? kind, ...lasting(askedAt) }
      }),
    ...parts.tools
      .filter(({ open }) => open !== undefined)
      .map(({ spanId, name, command, startedAt }): InFlight => {
        return { kind: 'tool', spanId, what: command ?? name, ...lasting(startedAt) }
      }),
    ...calls
      .filter(({ state, isConnection }) => state === 'in-flight' && !isConnection)
      .map(({ id, number, model, method, url, startedMicros }): InFlight => {
        const what = model ?? `${method} ${url}`
        return { kind: 'exchange', spanId: id, number, what, ...lasting(startedMicros) }
      }),
    ...parts.turns
      .filter(({ open }) => open !== undefined)
      .map(({ spanId, kind, number, startedAt }): InFlight => {
        return { kind: 'turn', spanId, what: `${kind} turn ${number}`, ...lasting(startedAt) }
      }),
  ]
}

/** When it ended, or was last seen; now where it runs. */
export function endOfTime({ ended, now, lastSeenAt, runs }: SessionCase): number {
  if (ended === 'running') return now
  return Math.max(runs.at(-1)?.endedAt ?? 0, lastSeenAt ?? 0) || now
}
