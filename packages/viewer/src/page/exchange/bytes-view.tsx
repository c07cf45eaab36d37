import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { LineList } from '../lists/line-list.js'
import type { OpenSession } from '../session/open-session.js'
import { byteCount } from '../words/quantities.js'
import { linesOf } from './lines.js'

/** As much as is fetched at a time. */
const PART = 512 * 1024

/** The bytes of a body, as text, a part at a time. */
export function BytesView({
  session,
  number,
  side,
  bytes,
}: {
  session: OpenSession
  number: number
  side: 'request' | 'response'
  /** How many there are, as far as that is known yet. */
  bytes: number | undefined
}) {
  const body = useSignal<Uint8Array>(new Uint8Array())
  const problem = useSignal<string | undefined>(undefined)
  const isPretty = useSignal(false)

  const more = async (): Promise<void> => {
    const from = body.value.length
    try {
      const part = await session.source.body(session.id, number, side, { from, to: from + PART })
      const joined = new Uint8Array(from + part.length)
      joined.set(body.value)
      joined.set(part, from)
      body.value = joined
    } catch (cause) {
      problem.value = (cause as Error).message
    }
  }
  useEffect(() => void more(), [])

  const isWhole = bytes !== undefined && body.value.length >= bytes
  const lines = linesOf(body.value, isPretty.value && isWhole)
  return (
    <>
      <div class="list-tools">
        <span class="faint">
          {byteCount(body.value.length)}
          {bytes === undefined ? '' : ` of ${byteCount(bytes)}`}
        </span>
        {!isWhole && bytes !== undefined && (
          <button type="button" onClick={more}>
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
      {body.value.length === 0 && isWhole ? (
        <p class="empty">Nothing was {side === 'request' ? 'sent' : 'received'}.</p>
      ) : (
        <LineList
          rows={lines}
          label={`Bytes of the ${side}`}
          rowHeight={18}
          keyOf={({ key }) => key}
          render={({ number: line, text }) => (
            <>
              <span class="line-number">{line}</span>
              <code>{text}</code>
            </>
          )}
        />
      )}
    </>
  )
}
