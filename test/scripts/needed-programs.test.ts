import { expect, test } from 'vitest'
import { neededPrograms } from '../../scripts/needed-programs.js'

const FILES = ['test/jaeger/files.test.ts', 'test/reader/seal.test.ts']

for (const [args, isNeeded] of [
  [[], true],
  [['--reporter=verbose'], true],
  [['-t', 'a title'], true],
  [['test/jaeger'], true],
  [['jaeger/fil'], true],
  [['test/reader', 'test/jaeger'], true],
  [['test/jaeger/collector'], false],
  [['test/reader'], false],
  [['test/reader', '-t', 'test/jaeger'], false],
] as const) {
  test(`npm test -- ${args.join(' ')} ${isNeeded ? 'needs' : 'needs no'} Jaeger`, () => {
    const programs = isNeeded ? ['jaeger', 'collector', 'telemetrygen'] : []
    expect(neededPrograms(args, FILES)).toEqual(programs)
  })
}

test('the package is tried on the oldest Node and on newer ones', () => {
  const files = ['test/package/package.test.ts', ...FILES]
  const nodes = ['node20', 'node22', 'node24', 'node26']
  expect(neededPrograms(['test/package'], files)).toEqual(nodes)
  expect(neededPrograms(['test/reader'], files)).toEqual([])
})
