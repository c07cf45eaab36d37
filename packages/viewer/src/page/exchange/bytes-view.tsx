import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { LineList } from '../lists/line-list.js'
import type { OpenSession } from '../session/open-session.js'
import { byteCount } from '../words/quantities.js'
import type { Lines } from './lines.js'
import { readLines } from './read-lines.js'

/** How much is fetched first; each request for more doubles it. */
const PART = 512 * 1024

/** The bytes of a body, as text, one part at a time. */
export function BytesView({
  session,
  number,
  side,
  bytes,
}: {
  session: OpenSession
  number: number
  side: 'request' | 'response'
  /** The total so far as it is known. */
  bytes: number | undefined
}) {
  const body = useSignal<Uint8Array | undefined>(undefined)
  const lines = useSignal<Lines | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  const isPretty = useSignal(false)
  const isFetching = useSignal(false)
  const length = body.value?.length ?? 0
  const isWhole = bytes !== undefined && length >= bytes

  const more = async (): Promise<void> => {
    isFetching.value = true
    const before = body.value ?? new Uint8Array()
    const from = before.length
    try {
      const range = { from, to: from + Math.max(PART, from) }
      const part = await session.source.body(session.id, number, side, range)
      const joined = new Uint8Array(from + part.length)
      joined.set(before)
      joined.set(part, from)
      body.value = joined
    } catch (cause) {
      problem.value = (cause as Error).message
    }
    isFetching.value = false
  }
  useEffect(() => void more(), [])
  useEffect(() => {
    let isWanted = true
    if (body.value === undefined) return
    void readLines(body.value, isPretty.value && isWhole).then((read) => {
      if (isWanted) lines.value = read
    })
    return () => {
      isWanted = false
    }
  }, [body.value, isPretty.value, isWhole])

  return (
    <>
      <div class="list-tools">
        <span class="faint">
          {byteCount(length)}
          {bytes === undefined ? '' : ` of ${byteCount(bytes)}`}
        </span>
        {!isWhole && bytes !== undefined && (
          // Each part continues where the one before ends.
          <button type="button" disabled={isFetching.value} onClick={more}>
            show more
          </button>
        )}
        {isWhole && (
          <label>
            <input
              type="checkbox"
              checked={isPretty.value}
              onChange={(event) => (isPretty.value = event.currentTarget.checked)}
            />
            laid out (not the bytes as they were)
          </label>
        )}
      </div>
      {problem.value !== undefined && <p class="problem">{problem.value}</p>}
      {body.value !== undefined && length === 0 && isWhole ? (
        <p class="empty">Nothing was {side === 'request' ? 'sent' : 'received'}.</p>
      ) : (
        lines.value !== undefined && (
          <LineList
            rows={lines.value}
            label={`Bytes of the ${side}`}
            rowHeight={18}
            keyOf={(_, index) => `${index}`}
            render={({ number: line, text }) => (
              <>
                <span class="line-number">{line}</span>
                <code>{text}</code>
              </>
            )}
          />
        )
      )}
    </>
  )
}
