import { afterAll, describe, expect, test } from 'vitest'
import type { DiagnosisCase, Explained } from './case.js'
import { CORPUS } from './corpus.js'
import { tableOf } from './table.js'

// `npm run diagnosis` runs them all; here a few of each kind stand for the rest.
const isWhole = process.env.TACHO_DIAGNOSIS !== undefined
const cases = CORPUS.filter(({ isQuick }) => isWhole || isQuick)
const results: { one: DiagnosisCase; said: Explained }[] = []

describe.concurrent('the cause of a session is found', () => {
  test.each(cases)('$title', async (one) => {
    const said = await one.record()
    results.push({ one, said })
    const codes = said.causes.map(({ code }) => code)
    const { injected, ended, also = [] } = one
    if (injected === undefined) expect([said.ended, ...codes]).toEqual([ended ?? 'clean'])
    else {
      const others = codes.filter((code) => code !== injected && !also.includes(code))
      expect([codes[0], ...others]).toEqual([injected])
      if (ended !== undefined) expect(said.ended).toBe(ended)
      for (const { evidence } of said.causes) expect(evidence.length).toBeGreaterThan(0)
    }
  })
})

afterAll(() => {
  if (isWhole) process.stdout.write(tableOf(results))
})
