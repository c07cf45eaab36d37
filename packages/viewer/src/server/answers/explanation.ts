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
 * Answers with the diagnosis in one line, one session at a time, because a list requests many at
 * once. For a longer session, only if it is already known.
 */
export async function answerVerdict(asked: Asked): Promise<void> {
  const { folder } = sessionIn(asked)
  await asked.sessions.inTurn(async () => {
    // The user scrolled on, and the client no longer waits.
    if (asked.response.destroyed) return
    const told = await quickExplanation(folder, QUICK_BYTES)
    const verdict: Verdict = told === undefined ? {} : { sentence: verdictOf(told) }
    await answerJson(asked.response, verdict)
  })
}
