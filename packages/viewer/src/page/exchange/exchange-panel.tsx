import { useSignal } from '@preact/signals'
import type { SessionExchange } from '@tacho/model'
import type { ExchangeAnswer } from '../../api/answers.js'
import type { OpenSession } from '../session/open-session.js'
import { useAnswer } from '../use-answer.js'
import { byteCount, count, duration, offset } from '../words/quantities.js'
import { BytesView } from './bytes-view.js'
import { ConversationView } from './conversation-view.js'
import { ExchangeLinks } from './exchange-links.js'
import { HeadersView } from './headers-view.js'
import { Playback } from './playback.js'
import { SpansView } from './spans-view.js'

const VIEWS = ['conversation', 'request', 'response', 'playback', 'headers', 'spans'] as const
type View = (typeof VIEWS)[number]

/**
 * Above this many bytes of request, the bytes are shown first, because reading them as a
 * conversation takes time.
 */
const LARGE = 2_000_000

/** One exchange: the conversation, what is new in it, the bytes, and how the answer arrived. */
export function ExchangePanel({
  session,
  exchange,
}: {
  session: OpenSession
  exchange: SessionExchange
}) {
  const isLarge = (exchange.requestBytes ?? 0) > LARGE
  const chosen = useSignal<View | undefined>(undefined)
  // The conversation stays selected from exchange to exchange, except that a large one must be
  // requested.
  const isAskedFor = useSignal(0)
  const isLeft = chosen.value === 'conversation' && isAskedFor.value !== exchange.number && isLarge
  const view = (isLeft ? undefined : chosen.value) ?? (isLarge ? 'request' : 'conversation')
  const { answer, problem } = useAnswer(
    () => session.exchange(exchange.number),
    [session.id, exchange.number, exchange.state],
  )
  return (
    <section class="panel" aria-label={`Exchange ${exchange.number}`}>
      <Facts exchange={exchange} session={session} />
      <ExchangeLinks exchange={exchange} session={session} />
      <div class="tabs" role="tablist" aria-label="Of this exchange">
        {VIEWS.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={view === one}
            onClick={() => {
              chosen.value = one
              isAskedFor.value = exchange.number
            }}
          >
            {one}
          </button>
        ))}
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      <div role="tabpanel" aria-label={view}>
        {view === 'conversation' && (
          <ConversationView key={exchange.number} session={session} number={exchange.number} />
        )}
        {(view === 'request' || view === 'response') && (
          <BytesView
            key={`${exchange.number} ${view}`}
            session={session}
            number={exchange.number}
            side={view}
            bytes={bytesOf(answer, view)}
          />
        )}
        {view === 'playback' && answer !== undefined && (
          <Playback
            key={exchange.number}
            session={session}
            number={exchange.number}
            chunks={answer.chunks}
          />
        )}
        {view === 'headers' && answer !== undefined && <HeadersView answer={answer} />}
        {view === 'spans' && answer !== undefined && <SpansView spans={answer.spans} />}
      </div>
    </section>
  )
}

function bytesOf(
  answer: ExchangeAnswer | undefined,
  side: 'request' | 'response',
): number | undefined {
  if (answer === undefined) return undefined
  if (side === 'request') return answer.request.bytes ?? 0
  return answer.chunks.reduce((sum, [, bytes]) => sum + bytes, 0)
}

function Facts({ exchange, session }: { exchange: SessionExchange; session: OpenSession }) {
  const { usage, firstChunkMs, durationMs, error } = exchange
  const start = session.story.value?.start ?? exchange.startedMicros
  const facts: [string, string | undefined][] = [
    ['at', offset(exchange.startedMicros - start)],
    ['took', durationMs === undefined ? 'not over' : duration(durationMs * 1000)],
    ['first byte', firstChunkMs === undefined ? undefined : duration(firstChunkMs * 1000)],
    ['model', exchange.model],
    ['outcome', exchange.outcome ?? exchange.state],
    ['status', exchange.status === undefined ? undefined : `${exchange.status}`],
    ['tokens in', usage?.inputTokens === undefined ? undefined : count(usage.inputTokens)],
    [
      'from cache',
      usage?.cacheReadInputTokens === undefined ? undefined : count(usage.cacheReadInputTokens),
    ],
    ['tokens out', usage?.outputTokens === undefined ? undefined : count(usage.outputTokens)],
    [
      'reasoning',
      usage?.reasoningOutputTokens === undefined ? undefined : count(usage.reasoningOutputTokens),
    ],
    ['sent', exchange.requestBytes === undefined ? undefined : byteCount(exchange.requestBytes)],
    [
      'received',
      exchange.responseBytes === undefined ? undefined : byteCount(exchange.responseBytes),
    ],
  ]
  return (
    <>
      <h2>
        Exchange {exchange.number}{' '}
        <span class="faint">
          {exchange.method} {exchange.url}
        </span>
      </h2>
      {error !== undefined && `${error.code}${error.message}` !== '' && (
        <p class="problem">
          {error.side === undefined ? '' : `${error.side}: `}
          {error.code} {error.message}
        </p>
      )}
      <dl class="facts">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  )
}
