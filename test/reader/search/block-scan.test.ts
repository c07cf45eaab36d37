import { describe, expect, test } from 'vitest'
// Compares two internal parts, which the package does not export.
import { plainScan } from '../../../packages/reader/dist/search/block-scan.js'
import { needlesOf } from '../../../packages/reader/dist/search/needles.js'
import { wideScan } from '../../../packages/reader/dist/search/wide-scan.js'

describe('lines and needles are found sixteen bytes at a time as they are one by one', () => {
  // The same blocks in each run: what fails once fails again.
  let state = 1
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const piece = (): string =>
    ['needle', 'Needle', 'nEEdl', 'knee', 'é', '"', '\\n', 'x'.repeat(random(300))][random(8)] ?? ''
  const line = (): string => {
    const kind = ['chunk', 'end', 'exchange', ''][random(4)]
    const text = Array.from({ length: random(30) }, piece).join(' ')
    return kind === '' ? text : `{"kind":"${kind}","content":"${text}"}`
  }
  const short = ['\n', '{', '"kind"', '","', 'needle', ' ', '{"kind":"chunk"', '']
  const blocks = [
    '',
    '\n',
    'needle',
    '\n\nneedle\n',
    'needle'.repeat(30_000),
    '\n'.repeat(20_000),
    ...Array.from(
      { length: 40 },
      () => `${Array.from({ length: random(200) }, line).join('\n')}\n`,
    ),
    // Lines too short for a kind, after blocks that left their own where it would be.
    ...Array.from({ length: 400 }, () =>
      Array.from({ length: random(8) }, () => short[random(short.length)]).join(''),
    ),
  ].map((text) => Buffer.from(text))

  for (const needles of [['needle'], ['ne'], ['knee', 'needle'], ['never there']]) {
    for (const isCaseSensitive of [true, false]) {
      test(`${needles.join(', ')}, ${isCaseSensitive ? 'as typed' : 'in either case'}`, () => {
        const plain = plainScan({ needles, isCaseSensitive })
        const wide = wideScan({ needles, isCaseSensitive })
        expect(wide).toBeDefined()
        for (const block of blocks) expect(wide?.scan(block)).toEqual(plain.scan(block))
      })
    }
  }

  test('in a block that was read into its room, and in one larger than that', () => {
    const wide = wideScan({ needles: ['needle'], isCaseSensitive: true })
    const small = wide?.room(64 * 1024)
    small?.write('{"kind":"chunk"}\nneedle\n')
    expect(wide?.scan(small?.subarray(0, 24) ?? Buffer.alloc(0))).toEqual({
      records: [17],
      hits: [17],
    })
    const large = wide
      ?.room(1024 * 1024, small?.subarray(0, 24))
      .subarray(0, 800_000)
      .fill(120, 24)
    expect(wide?.scan(large ?? Buffer.alloc(0))).toEqual({ records: [17, 24], hits: [17] })
  })
})

test.each<[expression: string, needles: string[]]>([
  ['needle', ['needle']],
  ['a needle\\.js', ['a needle.js']],
  ['need(le)?s', ['need']],
  ['x*needles*', ['needle']],
  ['(?:nail|needle)s', ['nail', 'needle']],
  ['nail|needle', ['nail', 'needle']],
  ['nail|n', []],
  ['nail|', []],
  ['(?!needle)nail', ['nail']],
  ['(?<name>needle)\\k<name>', ['needle']],
  ['[needle]{3}', []],
  ['\\w+ needle\\s', [' needle']],
  ['\\u006eeedle \\p{L}+ is', ['eedle ']],
  ['(nail|needle){0,3}s more', ['s more']],
  ['(nail|needle)+', ['nail', 'needle']],
  ['needle{2}', ['needle']],
  ['(?i:needle)', []],
])('each match of %s has one of %j', (expression, needles) => {
  expect(needlesOf(expression)).toEqual(needles)
})
