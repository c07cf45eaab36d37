import { createScrubber, readOwnRules } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'

const RULE = {
  name: 'acme-key',
  pattern: 'acme_[0-9a-f]{16}',
  finds: ['key: acme_0123456789abcdef'],
  passes: ['acme_id', 'acme_0123'],
}

const line = (change: object) => JSON.stringify({ ...RULE, ...change })

test('a rule of one’s own is found like any other', () => {
  const shapes = readOwnRules(`# ours\n\n${line({})}\n`)
  const scrubber = createScrubber({ fingerprint, shapes })
  const { found } = scrubber.bytes(Buffer.from('a acme_fedcba9876543210 b'))
  expect(found).toEqual([[2, 21, 'acme-key']])
})

test.each([
  ['no JSON', 'acme_[0-9a-f]+', 'JSON object'],
  ['no name', line({ name: 'A key' }), '"name"'],
  ['no bound', line({ pattern: 'acme_[0-9a-f]{16,}' }), 'no upper bound'],
  ['a star', line({ pattern: 'acme_[0-9a-f]*' }), 'cannot stand here'],
  ['no fixed beginning', line({ pattern: '[a-z]{4}_[0-9a-f]{16}' }), 'fixed characters'],
  ['two ways to be read', line({ pattern: 'acme_[0-9a-f]{1,16}[a-f]' }), 'longer or shorter'],
  ['a look-behind', line({ pattern: '(?<=a)acme_[0-9]{9}' }), 'parentheses'],
  ['far too long', line({ pattern: 'acme_[0-9a-f]{90000}' }), 'at the most'],
  ['what it does not find', line({ finds: ['acme_xyz'] }), 'does not find'],
  ['what it finds as well', line({ passes: ['acme_0123456789abcdef'] }), 'as well'],
  ['nothing to try it on', line({ finds: [] }), '"finds"'],
])('a rule with %s is refused, with its line', (_what, rule, words) => {
  const read = () => readOwnRules(`${line({})}\n\n${rule}\n`)
  expect(read).toThrow(words)
  expect(read).toThrow(expect.objectContaining({ code: 'wrong-rule', line: 3 }))
})
