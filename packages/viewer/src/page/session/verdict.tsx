import type { Cause } from '../../api/answers.js'
import { address, type Selection } from '../address.js'
import { type OpenSession, select } from './open-session.js'

/** How it ended and why, with the places that show it. */
export function Verdict({ session }: { session: OpenSession }) {
  const explanation = session.explanation.value
  const damage = session.answer.value?.damage ?? []
  if (session.problem.value !== undefined && explanation === undefined) return null
  return (
    <section class="verdict" aria-label="Verdict">
      {explanation === undefined ? (
        <p class="loading">Looking for the cause …</p>
      ) : (
        <p class="sentence">{explanation.sentence}</p>
      )}
      {explanation?.causes.map((cause) => (
        <CauseView key={`${cause.code} ${cause.sentence}`} cause={cause} />
      ))}
      {damage.length > 0 && (
        <details class="problem">
          <summary>
            Not all of this session could be read ({damage.length}). What can be:{' '}
            <code>tacho salvage {session.id} --to DIR</code>
          </summary>
          <ul>
            {damage.slice(0, 100).map(({ file, line, reason }) => (
              <li key={`${file} ${line} ${reason}`}>
                {file}
                {line === undefined ? '' : `, line ${line}`}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function CauseView({ cause }: { cause: Cause }) {
  const { code, certainty, sentence, next, evidence, weight } = cause
  const place = placeOf(cause)
  return (
    <details class={`cause ${weight}`}>
      <summary>
        <code>{code}</code> {sentence} <span class="faint">{certainty}</span>
        {place !== undefined && (
          <button
            type="button"
            class="link"
            onClick={(event) => {
              event.preventDefault()
              address.tab.value = 'timeline'
              select(place)
            }}
          >
            show
          </button>
        )}
      </summary>
      <ul>
        {evidence.map(({ file, line, text }) => (
          <li key={`${file}:${line} ${text}`}>
            <code>
              {file}
              {line === undefined ? '' : `:${line}`}
            </code>{' '}
            {text}
          </li>
        ))}
      </ul>
      {next !== undefined && <p>{next}</p>}
    </details>
  )
}

/** What of the session shows it. */
function placeOf({ exchange, tool, approval }: Cause): Selection | undefined {
  if (approval !== undefined) return { kind: 'approval', key: approval }
  if (tool !== undefined) return { kind: 'tool', key: tool }
  return exchange === undefined ? undefined : { kind: 'exchange', key: `${exchange}` }
}
