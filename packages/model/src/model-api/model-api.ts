import type { AnswerFacts } from './answer-facts.js'
import type { Json } from './json.js'

/** One API that models are spoken to by: how to read its requests and its answers. */
export type ModelApi = {
  /** Whether a request is one of this API's, by the end of its path. */
  isRequest(method: string, path: string): boolean
  /** What the path says of the answer that is wanted, where it is not the body that says so. */
  pathFacts?(path: string): { model?: string; stream?: boolean }
  /** What an event can tell, by the name that its stream gives it. */
  tells(event: string): Told
  /** Reads one event of a streamed answer into the facts. */
  readEvent(event: Json, facts: AnswerFacts): void
  /** Reads an answer that came in one piece. */
  readAnswer(body: Json, facts: AnswerFacts): void
}

/** A `text` and nothing else; `nothing` that is a fact; or whatever its content says. */
export type Told = 'text' | 'nothing' | 'anything'
