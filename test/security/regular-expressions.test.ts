import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot, run } from '../host/index.js'
import { literalsOf, regularExpressions } from './regular-expressions.js'

test('the expressions are found, and nothing else that has a slash', () => {
  expect(literalsOf('const a = b / c / 2; d.test(/[/]x/g) // /no/')).toEqual(['/[/]x/g'])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source
  expect(literalsOf('`${a.replace(/"/g, `/no/${/\\}/}`)} /no/`')).toEqual(['/"/g', '/\\}/'])
  expect(regularExpressions().length).toBeGreaterThan(100)
})

test('every expression takes linear time', async () => {
  const program = join(repositoryRoot, 'test/dist/security/linear-time.js')
  const { stdout, stderr } = await run(process.execPath, [program], {
    env: { TACHO_SOAK: process.env.TACHO_SOAK },
  })
  expect(stderr.toString()).toBe('')
  expect(JSON.parse(stdout.toString())).toEqual({
    slow: [],
    knownSlow: Array(4).fill(false),
    knownLinear: Array(4).fill(true),
  })
})
