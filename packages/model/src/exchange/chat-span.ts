import {
  type Attributes,
  cut,
  type EndRecord,
  encodeAttributes,
  type RequestBodyRecord,
  spanName,
} from '@tacho/format'
import type { AnswerFacts } from '../model-api/answer-facts.js'
import type { ModelOutcome } from '../model-api/outcome.js'
import type { Ending } from '../observation.js'

/** Names the span of an exchange with a model (GenAI conventions: `{operation} {model}`). */
export function chatSpanName(model: string | undefined): string {
  return spanName('chat', model)
}

/** Returns what is known about an exchange with a model when its request has been sent. */
export function chatStartAttributes(asked: {
  provider: string | undefined
  model: string | undefined
  request: Pick<RequestBodyRecord, 'bytes' | 'sha256'>
  /** Over a WebSocket: the exchange of the upgrade. */
  connection: string | undefined
  isPrewarm: boolean
}): Attributes {
  return encodeAttributes('chat', {
    operation: 'chat',
    provider: asked.provider,
    requestModel: asked.model,
    requestBytes: asked.request.bytes,
    requestSha256: asked.request.sha256,
    protocol: asked.connection === undefined ? undefined : 'websocket',
    connection: asked.connection,
    isPrewarm: asked.isPrewarm || undefined,
  })
}

/** Returns what is known about it when it has ended. */
export function chatEnding(end: {
  record: EndRecord
  facts: AnswerFacts
  events: number | undefined
  status: number | undefined
  /** Microseconds from the request to the first byte of the answer's body. */
  firstChunk: number | undefined
  /** How the model's answer ended. */
  came: ModelOutcome
}): Ending {
  const { record, facts, came } = end
  const attributes = encodeAttributes('chat', {
    responseId: facts.id,
    responseModel: facts.model,
    finishReasons: facts.finishReasons,
    timeToFirstChunk: end.firstChunk === undefined ? undefined : end.firstChunk / 1e6,
    inputTokens: facts.inputTokens,
    outputTokens: facts.outputTokens,
    cacheReadTokens: facts.cacheReadTokens,
    cacheCreationTokens: facts.cacheCreationTokens,
    reasoningTokens: facts.reasoningTokens,
    status: end.status ?? came.status,
    errorType: came.error?.type,
    errorCode: came.error?.code,
    state: record.state,
    outcome: came.outcome,
    responseBytes: record.responseBytes,
    responseSha256: record.responseSha256,
    events: end.events,
    textLength: facts.textLength,
  })
  const message = came.error?.message
  return {
    attributes,
    ...(came.error !== undefined && {
      error: { message: message === undefined ? undefined : cut(message) },
    }),
  }
}
