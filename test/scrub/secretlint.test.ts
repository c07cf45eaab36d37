import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'
import { EXAMPLES } from './shape-examples.js'

const scrubber = createScrubber({ fingerprint })
const rules = [{ id: creator.meta.id, rule: creator, options: {} }]

/** What secretlint's recommended rules find in a text, except for our replacements. */
async function foundBySecretlint(content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { content, filePath: '/notes.txt', ext: '.txt', contentType: 'text' },
    options: { config: { rules }, noPhysicFilePath: true },
  })
  return messages
    .map(({ range }) => content.slice(...range))
    .filter((found) => !found.includes('[secret:'))
}

const texts = EXAMPLES.flatMap(({ are }) => are.map((example) => `before ${example} behind\n`))

test('secretlint finds nothing in what was scrubbed', async () => {
  const before = await Promise.all(texts.map(foundBySecretlint))
  // The reverse, so that this test can fail: it knows a third of these keys.
  expect(before.filter((found) => found.length > 0).length).toBeGreaterThanOrEqual(40)
  const left = await Promise.all(texts.map((text) => foundBySecretlint(scrubber.text(text))))
  expect(left.flat()).toEqual([])
})

// It has no measure for what was made by hand; we skip what plainly was.
test('what secretlint finds in our false examples is made of one character', async () => {
  const innocent = EXAMPLES.flatMap(({ areNot }) => areNot.map((text) => `a ${text} b\n`))
  const found = await Promise.all(innocent.map((text) => foundBySecretlint(scrubber.text(text))))
  expect(found.flat().filter((text) => !/(.)\1{15}/.test(text))).toEqual([])
})
