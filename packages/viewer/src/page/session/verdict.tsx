import type { ComponentChildren } from 'preact'
import type { Cause } from '../../api/answers.js'
import { address, type Selection } from '../address.js'
import { type OpenSession, select } from './open-session.js'

/** How the session ended and why, with the evidence. */
export function Verdict({ session }: { session: OpenSession }) {
  const explanation = session.explanation.value
  // Explaining also finds what is missing.
  const damage = explanation?.damage ?? session.answer.value?.damage ?? []
  if (session.problem.value !== undefined && explanation === undefined) return null
  return (
    <section class="verdict" aria-label="Verdict">
      {explanation === undefined ? (
        <p class="loading">Looking for the cause …</p>
      ) : (
        <p class="sentence">{explanation.sentence}</p>
      )}
      {explanation?.causes.map((cause) => (
        <CauseView
          key={`${cause.code} ${cause.sentence}`}
          cause={cause}
          isHeadline={cause.sentence === explanation.sentence}
        />
      ))}
      <InFlight session={session} />
      {explanation?.unread !== undefined && (
        <p class="faint">Not all of it was read: {explanation.unread}.</p>
      )}
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

/** The list shows the rest. */
const SHOWN = 5

/** What had begun and never ended, if the session is over. */
function InFlight({ session }: { session: OpenSession }) {
  if (session.answer.value?.ended !== 'died') return null
  const open = (session.story.value?.items ?? []).filter(
    ({ kind, end }) => end === undefined && kind !== 'turn',
  )
  if (open.length === 0) return null
  return (
    <p class="links">
      <span>in flight:</span>
      {open.slice(0, SHOWN).map((item) => (
        <PlaceButton key={`${item.kind} ${item.key}`} place={item}>
          {item.kind} {item.label}
        </PlaceButton>
      ))}
      {open.length > SHOWN && <span class="faint">and {open.length - SHOWN} more</span>}
    </p>
  )
}

function PlaceButton({ place, children }: { place: Selection; children: ComponentChildren }) {
  return (
    <button
      type="button"
      class="link"
      onClick={() => {
        address.tab.value = 'timeline'
        select(place)
      }}
    >
      {children}
    </button>
  )
}

/** @param isHeadline its sentence is already shown above. */
function CauseView({ cause, isHeadline }: { cause: Cause; isHeadline: boolean }) {
  const { code, certainty, sentence, next, evidence, weight } = cause
  const place = placeOf(cause)
  return (
    <div class={`cause ${weight}`}>
      <details>
        <summary>
          <code>{code}</code> {isHeadline ? '' : sentence} <span class="faint">{certainty}</span>
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
      {place !== undefined && (
        <PlaceButton place={place}>
          show {place.kind} {place.kind === 'exchange' ? place.key : ''}
        </PlaceButton>
      )}
    </div>
  )
}

/** Returns what shows it in the session. */
function placeOf({ exchange, tool, approval }: Cause): Selection | undefined {
  if (approval !== undefined) return { kind: 'approval', key: approval }
  if (tool !== undefined) return { kind: 'tool', key: tool }
  return exchange === undefined ? undefined : { kind: 'exchange', key: `${exchange}` }
}
