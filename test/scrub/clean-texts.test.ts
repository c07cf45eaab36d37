import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'

test('a text that was clean is searched again once something new is looked for', () => {
  const scrubber = createScrubber({ fingerprint })
  const text = 'the word is Tr0ub4dor-and-3'
  for (let time = 0; time < 3; time += 1) expect(scrubber.text(text)).toBe(text)
  scrubber.learn('Tr0ub4dor-and-3', 'password')
  expect(scrubber.text(text)).toMatch(/^the word is \[secret:/)
})

test('a text in which something was found is never taken for a clean one', () => {
  const scrubber = createScrubber({ fingerprint })
  const text = 'key ghp_8sK2nQ4vX7bT1mZ6cR9wL3yH5jD0fG2aE4uB'
  const times = Array.from({ length: 3 }, () => scrubber.text(text))
  expect(new Set(times).size).toBe(1)
  expect(times[0]).toMatch(/^key \[secret:github-token:/)
})

test('many clean texts, and long ones, are scrubbed like the first', () => {
  const scrubber = createScrubber({ fingerprint })
  for (let number = 0; number < 2_000; number += 1) scrubber.text(`text ${number}`)
  scrubber.learn('text 1999 is a secret', 'password', { isCertain: true })
  expect(scrubber.text('text 1999')).toBe('text 1999')
  const long = `${'a '.repeat(600)}text 1999 is a secret`
  expect(scrubber.text(long)).toContain('[secret:')
})
