import type { SessionExchange } from '@tacho/model'
import { address } from '../address.js'
import { type OpenSession, select } from '../session/open-session.js'
import { TraceLink } from '../session/trace-link.js'

/** Links from an exchange to its turn, the log of its time, and its span in Jaeger. */
export function ExchangeLinks({
  exchange,
  session,
}: {
  exchange: SessionExchange
  session: OpenSession
}) {
  const { startedMicros, durationMs, turnId, threadId } = exchange
  const story = session.story.value
  const turn = session.answer.value?.parts.threads
    .find(({ id }) => id === threadId)
    ?.turns.find(({ id }) => id === turnId)
  const item = story?.items.find(
    ({ kind, key }) => kind === 'exchange' && key === `${exchange.number}`,
  )
  const before = item?.kind === 'exchange' ? item.triesAgain : undefined
  const showLog = (): void => {
    const end = durationMs === undefined ? story?.end : startedMicros + durationMs * 1000
    // The line about its last moment is written a little later.
    address.range.value = { from: startedMicros, to: Math.round((end ?? startedMicros) + 1000) }
    address.tab.value = 'log'
  }
  return (
    <p class="links">
      {turn !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => select({ kind: 'turn', key: turn.spanId })}
        >
          turn {turn.number}
        </button>
      )}
      {before !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => select({ kind: 'exchange', key: `${before}` })}
        >
          the try before: {before}
        </button>
      )}
      <button type="button" class="link" onClick={showLog}>
        log lines of its time
      </button>
      <TraceLink session={session} span={exchange.id} />
    </p>
  )
}
