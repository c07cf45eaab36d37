import type { SessionExchange } from '@tacho/model'
import type { ComparisonAnswer } from '../../api/answers.js'
import { address } from '../address.js'
import type { OpenSession } from '../session/open-session.js'
import type { ExchangeName } from '../source/source.js'
import { useAnswer } from '../use-answer.js'

/** Two requests side by side, both from this session, or one from another. */
export function CompareView({ session }: { session: OpenSession }) {
  const exchanges =
    session.answer.value?.parts.exchanges.filter(({ isConnection }) => !isConnection) ?? []
  if (exchanges.length === 0) return <p class="empty">No request of this session was recorded.</p>
  return <Comparison session={session} exchanges={exchanges} />
}

function Comparison({
  session,
  exchanges,
}: {
  session: OpenSession
  exchanges: readonly SessionExchange[]
}) {
  const selected = session.selected.value
  const number =
    selected?.kind === 'exchange' ? selected.exchange.number : (exchanges.at(-1)?.number ?? 1)
  const other = otherOf(address.other.value, session.id, number)
  const { answer, problem } = useAnswer(
    () => session.source.compare(other, { session: session.id, number }),
    [session.id, number, other.session, other.number],
  )
  return (
    <section class="panel" aria-label="Compare">
      <div class="list-tools">
        <span>Exchange {number} of this session with</span>
        <label>
          <span class="visually-hidden">Compared with exchange</span>
          <input
            type="number"
            min={1}
            value={other.number}
            onChange={(event) =>
              setOther({ ...other, number: Number(event.currentTarget.value) || 1 })
            }
          />
        </label>
        {session.source.hasList && (
          <label class="grows">
            <span class="visually-hidden">of session</span>
            <input
              type="text"
              value={other.session}
              spellcheck={false}
              onChange={(event) =>
                setOther({ ...other, session: event.currentTarget.value.trim() })
              }
            />
          </label>
        )}
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {answer === undefined && problem === undefined && <p class="loading">Comparing …</p>}
      {answer !== undefined && <Parts answer={answer} />}
    </section>
  )
}

function Parts({ answer }: { answer: ComparisonAnswer }) {
  if (answer.parts.every(({ change }) => change === 'same')) {
    return <p class="empty">Both gave their model the same.</p>
  }
  return (
    <ol class="comparison">
      {answer.parts.map((part, index) => (
        <li key={index} class={part.change}>
          <h3>
            {part.kind} {part.name} <span class="faint">{part.change}</span>
          </h3>
          {part.change === 'same' ? null : (
            <div class="sides">
              <pre class="code removed">{part.before ?? ''}</pre>
              <pre class="code added">{part.after ?? ''}</pre>
            </div>
          )}
        </li>
      ))}
    </ol>
  )
}

function setOther({ session, number }: ExchangeName): void {
  address.other.value = `${session}/${number}`
}

function otherOf(text: string | undefined, session: string, number: number): ExchangeName {
  const [, id, other] = /^(.+)\/(\d{1,9})$/.exec(text ?? '') ?? []
  if (id !== undefined && other !== undefined) return { session: id, number: Number(other) }
  return { session, number: Math.max(1, number - 1) }
}
