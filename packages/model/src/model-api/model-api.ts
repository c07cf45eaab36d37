import type { AnswerEnd, AnswerFacts } from './answer-facts.js'
import type { Json } from './json.js'

/** One model API: how to read its requests and its answers. */
export type ModelApi = {
  /** Returns whether a request belongs to this API, from the end of its path. */
  isRequest(method: string, path: string): boolean
  /** What the path says about the wanted answer, if the body does not. */
  pathFacts?(path: string): { model?: string; stream?: boolean }
  /** Returns what an event can contain, from its name in the stream. */
  tells(event: string): Told
  /** Returns how an event of this type ends an answer; undefined if it does not, or may not. */
  endedBy?(type: string): AnswerEnd | undefined
  /** Reads one event of a streamed answer into the facts. */
  readEvent(event: Json, facts: AnswerFacts): void
  /** Reads a non-streamed answer into the facts. */
  readAnswer(body: Json, facts: AnswerFacts): void
}

/** Only `text`; `nothing` that is a fact; or `anything`, depending on its content. */
export type Told = 'text' | 'nothing' | 'anything'
