import { approvalsOf, cancellationsOf, type Session } from '@tacho/reader'
import { approvalWords } from '../approvals/words.js'
import { cancellationWords } from '../cancellations/words.js'
import type { Sentence } from './sentence.js'
import { isTool, toolWords } from './tool-words.js'

/** The spans that are told in words rather than in columns, by their id: approvals, cancellations, tools. */
export function sentencesOf(session: Session, inFlight: string): Map<string, Sentence> {
  const sentences = new Map<string, Sentence>()
  for (const span of session.spans.values()) {
    if (isTool(span)) sentences.set(span.spanId, toolWords(span, inFlight))
  }
  for (const one of approvalsOf(session)) sentences.set(one.spanId, quiet(approvalWords(one)))
  for (const one of cancellationsOf(session)) sentences.set(one.spanId, cancellationWords(one))
  return sentences
}

// Whole lines in green would drown those that need to be seen.
function quiet({ text, style }: Sentence): Sentence {
  return { text, style: style === 'good' ? undefined : style }
}
