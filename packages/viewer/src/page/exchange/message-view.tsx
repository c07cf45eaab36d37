import { useSignal } from '@preact/signals'
import type { ShownMessage, ShownPart } from '../../api/answers.js'
import { byteCount, count } from '../words/quantities.js'

/** A message of a conversation. Its contents are only ever text, whatever they look like. */
export function MessageView({
  message,
  showAll,
}: {
  message: ShownMessage
  /** Requests the message with all of its text. */
  showAll?: () => Promise<ShownMessage>
}) {
  const whole = useSignal<ShownMessage | undefined>(undefined)
  const { role, parts, number, isNew, origin } = whole.value ?? message
  const isCut = whole.value === undefined && parts.some(hasCut)
  const isOpen = useSignal(false)
  const isFolded = !isOpen.value && parts.reduce((sum, part) => sum + lengthOf(part), 0) > LONG
  return (
    <article class={`message ${roleClass(role)}${isNew ? ' new' : ''}`}>
      <header>
        <strong>{role}</strong> <span class="faint">#{number}</span>
        {isNew && <span class="badge">new</span>}
        {origin !== undefined && <span class="faint"> from exchange {origin}</span>}
      </header>
      <div class={isFolded ? 'folded' : ''}>
        {parts.map((part, index) => (
          // The parts of a message have no identity other than their index.
          <PartView key={index} part={part} />
        ))}
      </div>
      {(isFolded || isCut) && (
        <button
          type="button"
          onClick={async () => {
            isOpen.value = true
            if (isCut && showAll !== undefined) whole.value = await showAll()
          }}
        >
          show all of it
        </button>
      )}
    </article>
  )
}

/** In characters; a longer message is folded, so that the next one is near. */
const LONG = 1500

function lengthOf(part: ShownPart): number {
  if (part.type === 'tool_call_response')
    return part.parts.reduce((sum, one) => sum + lengthOf(one), 0)
  return 'text' in part ? part.text.length : 0
}

function PartView({ part }: { part: ShownPart }) {
  switch (part.type) {
    case 'text':
    case 'other':
      return <Text text={part.text} characters={part.characters} />
    case 'reasoning':
      return (
        <details open={part.text !== ''}>
          <summary>
            reasoning
            {part.encrypted !== undefined && part.encrypted > 0
              ? `, ${count(part.encrypted)} characters that only the API can read`
              : ''}
          </summary>
          <Text text={part.text} characters={part.characters} />
        </details>
      )
    case 'tool_call':
      return (
        <div class="call">
          <p>
            calls <code>{part.name}</code>{' '}
            {part.id !== undefined && <span class="faint">{part.id}</span>}
          </p>
          <Text text={part.text} characters={part.characters} isCode />
        </div>
      )
    case 'tool_call_response':
      return (
        <div class="call">
          <p>
            result{' '}
            {part.name !== undefined && (
              <>
                of <code>{part.name}</code>
              </>
            )}{' '}
            {part.id !== undefined && <span class="faint">{part.id}</span>}
          </p>
          {part.parts.map((one, index) => (
            <PartView key={index} part={one} />
          ))}
        </div>
      )
    case 'image':
    case 'file':
      return (
        <p class="attachment">
          {part.type} {part.name ?? part.mediaType ?? ''}
          {part.bytes === undefined ? '' : `, ${byteCount(part.bytes)}`}
          {part.url === undefined ? '' : ` ${part.url}`}
        </p>
      )
    default:
      return null
  }
}

function Text({
  text,
  characters,
  isCode = false,
}: {
  text: string
  characters: number | undefined
  isCode?: boolean
}) {
  return (
    <>
      <pre class={isCode ? 'code' : 'prose'}>{text}</pre>
      {characters !== undefined && (
        <p class="faint">
          {count(text.length)} of {count(characters)} characters
        </p>
      )}
    </>
  )
}

function hasCut(part: ShownPart): boolean {
  if (part.type === 'tool_call_response') return part.parts.some(hasCut)
  return 'characters' in part && part.characters !== undefined
}

function roleClass(role: string): string {
  return ['user', 'assistant', 'tool', 'system', 'developer'].includes(role) ? role : 'other'
}
