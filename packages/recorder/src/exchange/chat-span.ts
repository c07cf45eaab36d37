import type { Attributes } from '@opentelemetry/api'
import type { EndRecord } from '@tacho/format'
import type { AnswerFacts, ModelOutcome } from '@tacho/model'
import { ATTRIBUTE_CHARACTERS } from '../limits.js'

/** The name of the span of an exchange with a model (GenAI conventions: `{operation} {model}`). */
export function chatSpanName(model: string | undefined): string {
  return model === undefined ? 'chat' : `chat ${short(model)}`
}

/** What is known of an exchange with a model when its request is on its way. */
export function chatStartAttributes(request: {
  exchange: string
  provider: string
  model: string | undefined
  bytes: number
  sha256: string
  webSocket?: { connection: string; isPrewarm: boolean } | undefined
}): Attributes {
  return defined({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': request.provider,
    'gen_ai.request.model': short(request.model),
    'tacho.exchange.id': request.exchange,
    'tacho.request.bytes': request.bytes,
    'tacho.request.sha256': request.sha256,
    'network.protocol.name': request.webSocket && 'websocket',
    'tacho.connection.id': request.webSocket?.connection,
    'tacho.exchange.prewarm': request.webSocket?.isPrewarm || undefined,
  })
}

/** What is known of it when it is over. */
export function chatEndAttributes(end: {
  record: EndRecord
  facts: AnswerFacts
  events: number | undefined
  status: number | undefined
  /** Microseconds from the request to the first byte of the answer's body. */
  firstChunk: number | undefined
  /** How the model's answer came out. */
  came: ModelOutcome
}): Attributes {
  const { record, facts, came } = end
  return defined({
    'gen_ai.response.id': short(facts.id),
    'gen_ai.response.model': short(facts.model),
    'gen_ai.response.finish_reasons': facts.finishReasons?.map((reason) =>
      reason.slice(0, ATTRIBUTE_CHARACTERS),
    ),
    'gen_ai.response.time_to_first_chunk':
      end.firstChunk === undefined ? undefined : end.firstChunk / 1e6,
    'gen_ai.usage.input_tokens': facts.inputTokens,
    'gen_ai.usage.output_tokens': facts.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': facts.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': facts.cacheCreationTokens,
    'gen_ai.usage.reasoning.output_tokens': facts.reasoningTokens,
    'http.response.status_code': end.status ?? came.status,
    'error.type': short(came.error?.type),
    'tacho.error.code': short(came.error?.code),
    'tacho.exchange.state': record.state,
    'tacho.exchange.outcome': came.outcome,
    'tacho.response.bytes': record.responseBytes,
    'tacho.response.sha256': record.responseSha256,
    'tacho.response.events': end.events,
    'tacho.response.text_length': facts.textLength,
  })
}

function short(text: string): string
function short(text: string | undefined): string | undefined
function short(text: string | undefined): string | undefined {
  return text?.slice(0, ATTRIBUTE_CHARACTERS)
}

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
