import { quickExplanation, verdictOf } from '@tacho/reader'
import type { Verdict } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { QUICK_BYTES } from '../sessions.js'
import { shownExplanation } from '../shown/explanation.js'
import { sessionIn } from './named.js'

export async function answerExplanation(asked: Asked): Promise<void> {
  const told = await asked.sessions.explain(sessionIn(asked))
  await answerJson(asked.response, shownExplanation(told))
}

/**
 * The diagnosis in one line, one session after the other: a list asks for many at once. Of a longer
 * session, only what is known already is told.
 */
export async function answerVerdict(asked: Asked): Promise<void> {
  const { folder } = sessionIn(asked)
  await asked.sessions.inTurn(async () => {
    // Whoever scrolled on does not wait for it any more.
    if (asked.response.destroyed) return
    const told = await quickExplanation(folder, QUICK_BYTES)
    const verdict: Verdict = told === undefined ? {} : { sentence: verdictOf(told) }
    await answerJson(asked.response, verdict)
  })
}
