import { isAwsEventStream } from './aws-event-stream.js'

/** How to read an answer: as server-sent events, as AWS events, as one JSON text, or not at all. */
export type AnswerForm = 'events' | 'aws-events' | 'json' | 'other'

/** What the request asked for, and what the head of the answer says. */
export type AnswerHints = {
  /** Whether the request asked for a stream. */
  stream?: (() => boolean | undefined) | undefined
  contentType?: string | undefined
  status?: number | undefined
}

/**
 * Returns the form of an answer from how it begins, because agents take what they asked for,
 * whatever the head calls it. Undefined until enough has arrived.
 */
export function answerFormOf(beginning: string, hints: AnswerHints): AnswerForm | undefined {
  if (isAwsEventStream(hints.contentType)) return 'aws-events'
  const text = beginning.trimStart()
  if (/^[[{]/.test(text)) return 'json'
  if (/^(:|(data|event|id|retry)(:|[\r\n]))/.test(text)) return 'events'
  if (text.length < LONGEST_FIELD && !/[\r\n]/.test(text)) return undefined
  return asAnnounced(hints)
}

/** Returns the form of an answer that ended before its start could show it. */
export function asAnnounced({
  stream = () => undefined,
  contentType = '',
  status = 200,
}: AnswerHints): AnswerForm {
  if (isAwsEventStream(contentType)) return 'aws-events'
  if (/\btext\/event-stream\b/i.test(contentType)) return 'events'
  return status < 300 && stream() === true ? 'events' : 'other'
}

const LONGEST_FIELD = 'retry:'.length
