import { useSignal } from '@preact/signals'
import type { ConversationAnswer, PrefixFate } from '../../api/answers.js'
import type { OpenSession } from '../session/open-session.js'
import { useAnswer } from '../use-answer.js'
import { byteCount, counted } from '../words/quantities.js'
import { MessageView } from './message-view.js'

/** What a model was given, what of it is new, and what it said. */
export function ConversationView({ session, number }: { session: OpenSession; number: number }) {
  const { answer, problem } = useAnswer(
    () => session.source.conversation(session.id, number),
    [session.id, number, session.answer.value?.lastSeenAt],
  )
  if (problem !== undefined) return <p class="problem">{problem}</p>
  if (answer === undefined) return <p class="loading">Reading …</p>
  return <Conversation answer={answer} session={session} number={number} />
}

function Conversation({
  answer,
  session,
  number,
}: {
  answer: ConversationAnswer
  session: OpenSession
  number: number
}) {
  const isOldShown = useSignal(false)
  const old = answer.messages.filter(({ isNew }) => !isNew)
  const fresh = answer.messages.filter(({ isNew }) => isNew)
  const whole = (list: 'instructions' | 'messages' | 'answer', message: number) => () =>
    session.source.message(session.id, number, list, message)
  return (
    <div class="conversation">
      {answer.missing.map((words) => (
        <p key={words} class="problem">
          {words}
        </p>
      ))}
      {answer.prefix !== undefined && <Fate fate={answer.prefix} />}
      <details>
        <summary>
          {counted(answer.instructions.length, 'instruction')},{' '}
          {counted(answer.tools.length, 'tool')}, {counted(answer.parameters.length, 'parameter')}
        </summary>
        {answer.instructions.map((message) => (
          <MessageView
            key={message.number}
            message={message}
            showAll={whole('instructions', message.number)}
          />
        ))}
        {answer.tools.map(({ name, text }, index) => (
          <details key={index}>
            <summary>
              <code>{name}</code>
            </summary>
            <pre class="code">{text}</pre>
          </details>
        ))}
        <table class="fields">
          <tbody>
            {answer.parameters.map(({ name, text }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      {old.length > 0 && (
        <button type="button" class="fold" onClick={() => (isOldShown.value = !isOldShown.value)}>
          {isOldShown.value ? 'hide' : 'show'} {counted(old.length, 'message')} that the request
          before had
        </button>
      )}
      {isOldShown.value &&
        old.map((message) => (
          <MessageView
            key={message.number}
            message={message}
            showAll={whole('messages', message.number)}
          />
        ))}
      {answer.removed.length > 0 && (
        <details class="removed">
          <summary>
            {counted(answer.removed.length, 'message')} of the request before are gone
          </summary>
          {answer.removed.map((message) => (
            <MessageView key={message.number} message={message} />
          ))}
        </details>
      )}
      {fresh.map((message) => (
        <MessageView
          key={message.number}
          message={message}
          showAll={whole('messages', message.number)}
        />
      ))}
      <h3>Answer</h3>
      {answer.answer.length === 0 && answer.other.length === 0 && <p class="empty">None came.</p>}
      {answer.answer.map((message) => (
        <MessageView
          key={message.number}
          message={message}
          showAll={whole('answer', message.number)}
        />
      ))}
      {answer.other.map((text, index) => (
        <pre key={index} class="code">
          {text}
        </pre>
      ))}
    </div>
  )
}

/** What happened to the prompt's prefix, on which its cache depends. */
function Fate({ fate }: { fate: PrefixFate }) {
  const { previous, isContinuation, sharedBytes, bytes, first } = fate
  if (isContinuation) {
    return (
      <p class="fate good">
        Goes on from exchange {previous}: {byteCount(sharedBytes)} of {byteCount(bytes)} are the
        same.
      </p>
    )
  }
  return (
    <div class="fate bad">
      <p>
        Differs from exchange {previous} after {byteCount(sharedBytes)} of {byteCount(bytes)}
        {first === undefined
          ? ''
          : `: ${first.kind} ${first.name ?? first.number ?? ''} ${first.change}`}
        . A prompt cache ends there.
      </p>
      {first?.before !== undefined && <pre class="code removed">{first.before}</pre>}
      {first?.after !== undefined && <pre class="code added">{first.after}</pre>}
    </div>
  )
}
