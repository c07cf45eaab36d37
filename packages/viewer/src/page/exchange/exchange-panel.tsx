import { useSignal } from '@preact/signals'
import type { SessionExchange } from '@tacho/model'
import type { ExchangeAnswer } from '../../api/answers.js'
import type { OpenSession } from '../session/open-session.js'
import { useAnswer } from '../use-answer.js'
import { byteCount, count, duration, offset } from '../words/quantities.js'
import { BytesView } from './bytes-view.js'
import { ConversationView } from './conversation-view.js'
import { HeadersView } from './headers-view.js'
import { Playback } from './playback.js'

const VIEWS = ['conversation', 'request', 'response', 'playback', 'headers'] as const
type View = (typeof VIEWS)[number]

/** Above this many bytes of request, the bytes come first: reading them takes its time. */
const LARGE = 2_000_000

/** One exchange: the conversation, what is new in it, the bytes, and how the answer came. */
export function ExchangePanel({
  session,
  exchange,
}: {
  session: OpenSession
  exchange: SessionExchange
}) {
  const isLarge = (exchange.requestBytes ?? 0) > LARGE
  const view = useSignal<View>(isLarge ? 'request' : 'conversation')
  const { answer, problem } = useAnswer(
    () => session.exchange(exchange.number),
    [session.id, exchange.number, exchange.state],
  )
  return (
    <section class="panel" aria-label={`Exchange ${exchange.number}`}>
      <Facts exchange={exchange} session={session} />
      <div class="tabs" role="tablist" aria-label="Of this exchange">
        {VIEWS.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={view.value === one}
            onClick={() => (view.value = one)}
          >
            {one}
          </button>
        ))}
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      <div role="tabpanel" aria-label={view.value}>
        {view.value === 'conversation' && (
          <ConversationView session={session} number={exchange.number} />
        )}
        {(view.value === 'request' || view.value === 'response') && (
          <BytesView
            key={`${exchange.number} ${view.value}`}
            session={session}
            number={exchange.number}
            side={view.value}
            bytes={bytesOf(answer, view.value)}
          />
        )}
        {view.value === 'playback' && answer !== undefined && (
          <Playback
            key={exchange.number}
            session={session}
            number={exchange.number}
            chunks={answer.chunks}
          />
        )}
        {view.value === 'headers' && answer !== undefined && <HeadersView answer={answer} />}
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
    ['first token', firstChunkMs === undefined ? undefined : duration(firstChunkMs * 1000)],
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
    ['span', exchange.id],
  ]
  return (
    <>
      <h2>
        Exchange {exchange.number}{' '}
        <span class="faint">
          {exchange.method} {exchange.url}
        </span>
      </h2>
      {error !== undefined && (
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
