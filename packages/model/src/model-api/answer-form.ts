import { isAwsEventStream } from './aws-event-stream.js'

/** How an answer is to be read: as server-sent events, as those of AWS, as one JSON text, or not at all. */
export type AnswerForm = 'events' | 'aws-events' | 'json' | 'other'

/** What was asked for, and what the head of the answer says of it. */
export type AnswerHints = {
  /** Whether the request asked for a stream. */
  stream?: (() => boolean | undefined) | undefined
  contentType?: string | undefined
  status?: number | undefined
}

/**
 * The form of an answer, by how it begins: agents take what they asked for, whatever its head calls
 * it. Nothing as long as too little of it is there.
 */
export function answerFormOf(beginning: string, hints: AnswerHints): AnswerForm | undefined {
  if (isAwsEventStream(hints.contentType)) return 'aws-events'
  const text = beginning.trimStart()
  if (/^[[{]/.test(text)) return 'json'
  if (/^(:|(data|event|id|retry)(:|[\r\n]))/.test(text)) return 'events'
  if (text.length < LONGEST_FIELD && !/[\r\n]/.test(text)) return undefined
  return asAnnounced(hints)
}

/** The form of an answer that has ended before its beginning could tell. */
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
