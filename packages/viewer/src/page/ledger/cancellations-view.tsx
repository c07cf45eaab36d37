import type { Cancellation } from '@tacho/model'
import { type OpenSession, select } from '../session/open-session.js'
import { byteCount, duration, offset } from '../words/quantities.js'
import { itemsOf } from './items-of.js'

/** Everything that was stopped before its end: by whom, how fast, and what was lost. */
export function CancellationsView({ session }: { session: OpenSession }) {
  const cancellations = itemsOf(session, 'cancellation')
  const start = session.story.value?.start ?? 0
  if (cancellations.length === 0) {
    return <p class="empty">Nothing was cancelled in this stretch of time.</p>
  }
  return (
    <section class="panel" aria-label="Cancellations">
      <table class="ledger">
        <thead>
          <tr>
            <th scope="col">at</th>
            <th scope="col">why</th>
            <th scope="col">what it stopped</th>
            <th scope="col">over after</th>
            <th scope="col">cut answer</th>
          </tr>
        </thead>
        <tbody>
          {cancellations.map((item) => (
            <tr key={item.key}>
              <td>{offset(item.at - start)}</td>
              <td>
                <button type="button" class="link" onClick={() => select(item)}>
                  {item.cancellation.reason ?? 'cancelled'}
                </button>{' '}
                <span class="faint">{item.cancellation.origin}</span>
              </td>
              <td>{stoppedWords(item.cancellation)}</td>
              <td>{item.end === undefined ? '' : duration(item.end - item.at)}</td>
              <td>{lossWords(item.cancellation)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export function stoppedWords({ stopped }: Cancellation): string {
  if (stopped.length === 0) return 'nothing: it came too late'
  return stopped
    .map(({ kind, name = kind, number }) => {
      if (number !== undefined) return `exchange ${number}`
      return kind === 'turn' ? 'the turn' : name.replace(/^execute_tool /, '')
    })
    .join(', ')
}

function lossWords({ bytes, events, outputTokens }: Cancellation): string {
  return [
    bytes === undefined ? undefined : byteCount(bytes),
    events === undefined ? undefined : `${events} events`,
    outputTokens === undefined ? undefined : `${outputTokens} tokens`,
  ]
    .filter((words) => words !== undefined)
    .join(', ')
}
