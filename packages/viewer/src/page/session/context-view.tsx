import { useEffect, useRef } from 'preact/hooks'
import type { ContextAnswer } from '../../api/answers.js'
import { address } from '../address.js'
import { useAnswer } from '../use-answer.js'
import { byteCount, count } from '../words/quantities.js'
import { type OpenSession, select } from './open-session.js'

/** The kinds of parts, from the bottom up, and their colours. */
const KINDS = [
  'instructions',
  'tool-definition',
  'user',
  'assistant',
  'reasoning',
  'tool-call',
  'tool-output',
  'image',
  'file',
  'parameter',
  'other',
] as const

const KIND_WORDS: Partial<Record<string, string>> = {
  'tool-definition': 'tools',
  'tool-call': 'tool calls',
  'tool-output': 'tool outputs',
}

/** What the context of each request consisted of, and how it grew and was compacted. */
export function ContextView({ session }: { session: OpenSession }) {
  const { answer, problem } = useAnswer(
    () => session.source.context(session.id),
    [session.id, session.answer.value?.parts.exchanges.length],
  )
  if (problem !== undefined) return <p class="problem">{problem}</p>
  if (answer === undefined) return <p class="loading">Reading every request …</p>
  const range = address.range.value
  const exchanges = answer.exchanges.filter(
    ({ at }) => range === undefined || (at >= range.from && at <= range.to),
  )
  if (exchanges.length === 0)
    return <p class="empty">No request to a model in this stretch of time.</p>
  return <Chart exchanges={exchanges} />
}

function Chart({ exchanges }: { exchanges: ContextAnswer['exchanges'] }) {
  const most = Math.max(...exchanges.map(totalOf))
  const chosen = address.selection.value
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    frame.current?.querySelector('.chosen')?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }, [chosen])
  return (
    <section class="panel" aria-label="Context">
      <p class="legend">
        {KINDS.filter((kind) => exchanges.some(({ bytes }) => bytes[kind])).map((kind) => (
          <span key={kind}>
            <i class={`swatch ${kind}`} /> {KIND_WORDS[kind] ?? kind}
          </span>
        ))}
        {exchanges.some(({ cachedTokens }) => cachedTokens) && (
          <span>
            <i class="swatch cached" /> from the cache
          </span>
        )}
        <span class="faint">the largest: {byteCount(most)}</span>
      </p>
      <div class="chart" ref={frame}>
        {exchanges.map((exchange) => {
          const { number, bytes, inputTokens, cachedTokens, isCompaction } = exchange
          const isChosen = chosen?.kind === 'exchange' && chosen.key === `${number}`
          const cached = inputTokens && cachedTokens ? cachedTokens / inputTokens : 0
          const words = [
            `exchange ${number}`,
            byteCount(totalOf(exchange)),
            inputTokens === undefined ? undefined : `${count(inputTokens)} tokens`,
            cachedTokens === undefined ? undefined : `${count(cachedTokens)} from the cache`,
            isCompaction ? 'compaction' : undefined,
            ...KINDS.filter((kind) => bytes[kind]).map(
              (kind) => `${KIND_WORDS[kind] ?? kind} ${byteCount(bytes[kind] ?? 0)}`,
            ),
          ].filter((word) => word !== undefined)
          return (
            <button
              key={number}
              type="button"
              class={`bar${isChosen ? ' chosen' : ''}${isCompaction ? ' compaction' : ''}`}
              style={{ height: `${(totalOf(exchange) / most) * 100}%` }}
              aria-label={words.join(', ')}
              title={words.join('\n')}
              onClick={() => select({ kind: 'exchange', key: `${number}` })}
            >
              {KINDS.map((kind) =>
                bytes[kind] ? (
                  <i key={kind} class={`swatch ${kind}`} style={{ flexGrow: bytes[kind] }} />
                ) : null,
              )}
              <span class="bar-number">{number}</span>
              {cached > 0 && <i class="cached-part" style={{ height: `${cached * 100}%` }} />}
            </button>
          )
        })}
      </div>
    </section>
  )
}

function totalOf({ bytes }: { bytes: Record<string, number> }): number {
  return Object.values(bytes).reduce((sum, one) => sum + one, 0)
}
