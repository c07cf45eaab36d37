import type { EndRecord, RequestBodyRecord } from '@tacho/format'
import { type Attributes, cut, known } from '../attributes.js'
import type { AnswerFacts } from '../model-api/answer-facts.js'
import type { ModelOutcome } from '../model-api/outcome.js'
import type { Ending } from '../observation.js'

/** The name of the span of an exchange with a model (GenAI conventions: `{operation} {model}`). */
export function chatSpanName(model: string | undefined): string {
  return model === undefined ? 'chat' : `chat ${cut(model)}`
}

/** What is known of an exchange with a model when its request is on its way. */
export function chatStartAttributes(asked: {
  provider: string | undefined
  model: string | undefined
  request: Pick<RequestBodyRecord, 'bytes' | 'sha256'>
  /** The exchange of the upgrade, over a WebSocket. */
  connection: string | undefined
  isPrewarm: boolean
}): Attributes {
  return known({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': asked.provider,
    'gen_ai.request.model': asked.model,
    'tacho.request.bytes': asked.request.bytes,
    'tacho.request.sha256': asked.request.sha256,
    'network.protocol.name': asked.connection === undefined ? undefined : 'websocket',
    'tacho.connection.id': asked.connection,
    'tacho.exchange.prewarm': asked.isPrewarm || undefined,
  })
}

/** What is known of it when it is over. */
export function chatEnding(end: {
  record: EndRecord
  facts: AnswerFacts
  events: number | undefined
  status: number | undefined
  /** Microseconds from the request to the first byte of the answer's body. */
  firstChunk: number | undefined
  /** How the model's answer came out. */
  came: ModelOutcome
}): Ending {
  const { record, facts, came } = end
  const attributes = known({
    'gen_ai.response.id': facts.id,
    'gen_ai.response.model': facts.model,
    'gen_ai.response.finish_reasons': facts.finishReasons,
    'gen_ai.response.time_to_first_chunk':
      end.firstChunk === undefined ? undefined : end.firstChunk / 1e6,
    'gen_ai.usage.input_tokens': facts.inputTokens,
    'gen_ai.usage.output_tokens': facts.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': facts.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': facts.cacheCreationTokens,
    'gen_ai.usage.reasoning.output_tokens': facts.reasoningTokens,
    'http.response.status_code': end.status ?? came.status,
    'error.type': came.error?.type,
    'tacho.error.code': came.error?.code,
    'tacho.exchange.state': record.state,
    'tacho.exchange.outcome': came.outcome,
    'tacho.response.bytes': record.responseBytes,
    'tacho.response.sha256': record.responseSha256,
    'tacho.response.events': end.events,
    'tacho.response.text_length': facts.textLength,
  })
  const message = came.error?.message
  return {
    attributes,
    ...(came.error !== undefined && {
      error: { message: message === undefined ? undefined : cut(message) },
    }),
  }
}
