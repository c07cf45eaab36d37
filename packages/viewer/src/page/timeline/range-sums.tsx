import { address } from '../address.js'
import type { OpenSession } from '../session/open-session.js'
import type { Sums } from '../session/story.js'
import { count, counted, duration, offset } from '../words/quantities.js'

/** Totals for the chosen time range, or for the whole session. */
export function RangeSums({ session, sums }: { session: OpenSession; sums: Sums }) {
  const range = address.range.value
  const start = session.story.value?.start ?? 0
  const { inputTokens, cachedTokens, outputTokens } = sums
  return (
    <p class="sums" aria-live="polite">
      {range !== undefined && (
        <strong>
          {offset(range.from - start)} to {offset(range.to - start)} (
          {duration(range.to - range.from)}){' '}
          <button type="button" onClick={() => (address.range.value = undefined)}>
            show all
          </button>
        </strong>
      )}
      {/* Some agents' requests cannot be seen, which does not mean that there were none. */}
      {sums.exchanges > 0 && <span>{counted(sums.exchanges, 'exchange')}</span>}
      {sums.failed > 0 && <span class="bad">{sums.failed} failed</span>}
      {inputTokens !== undefined && (
        <span>
          {count(inputTokens)} tokens in
          {cachedTokens !== undefined && inputTokens > 0
            ? ` (${Math.round((cachedTokens / inputTokens) * 100)} % cached)`
            : ''}
        </span>
      )}
      {outputTokens !== undefined && <span>{count(outputTokens)} out</span>}
      {sums.modelTime > 0 && <span>model {duration(sums.modelTime)}</span>}
      {sums.tools > 0 && (
        <span>
          {counted(sums.tools, 'tool')} {duration(sums.toolTime)}
        </span>
      )}
      {sums.waitingTime > 0 && (
        <span class="waiting">waited for people {duration(sums.waitingTime)}</span>
      )}
    </p>
  )
}
