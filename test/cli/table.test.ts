import { expect, test } from 'vitest'
import { cutTo, displayWidth } from '../../packages/cli/dist/display-width.js'
import { type Row, tableLines } from '../../packages/cli/dist/table.js'

const columns = [
  { title: 'id' },
  { title: 'n', align: 'right' as const },
  { title: 'path', cut: 'start' as const },
  { title: 'empty' },
]
const rows: Row[] = [
  ['one', '1', '/home/ada/projects/tacho', ''],
  ['three', '333', '/', ''],
]

test('columns are as wide as their widest cell, and those with nothing in them are left out', () => {
  expect(tableLines(columns, rows, Number.POSITIVE_INFINITY)).toEqual([
    'id       n  path',
    'one      1  /home/ada/projects/tacho',
    'three  333  /',
  ])
})

test('a column that may be cut is cut where the line is too long', () => {
  expect(tableLines(columns, rows, 24)[1]).toBe('one      1  …jects/tacho')
})

test('a column that can be spared is left out where cutting does not help', () => {
  const spared = columns.map((column) => (column.title === 'n' ? { ...column, spare: 1 } : column))
  expect(tableLines(spared, rows, 14)).toEqual(['id     path', 'one    …/tacho', 'three  /'])
})

test.each([1, 2, 5, 10, 15, 20, 30, 80])('no line is wider than %i columns', (width) => {
  const all: Row[] = [...rows, ['你好你好', '1', '你好', ''], { line: 'over all columns at once' }]
  for (const line of tableLines(columns, all, width)) {
    expect(displayWidth(line)).toBeLessThanOrEqual(width)
  }
})

for (const [text, width] of [
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['你好', 4],
  ['👍', 2],
  ['👍🏽', 2],
  ['👩‍👩‍👧', 2],
  ['☀️', 2],
  ['한글', 4],
  ['ｱ', 1],
  ['𠀀', 2],
  ['…', 1],
] as const) {
  test(`"${text}" takes ${width} columns`, () => {
    expect(displayWidth(text)).toBe(width)
  })
}

for (const [text, width, from, shown] of [
  ['abcdef', 6, 'end', 'abcdef'],
  ['abcdef', 4, 'end', 'abc…'],
  ['abcdef', 4, 'start', '…def'],
  ['你好吗', 4, 'end', '你…'],
  ['👩‍👩‍👧👩‍👩‍👧', 3, 'end', '👩‍👩‍👧…'],
  ['abc', 1, 'end', '…'],
  ['abc', 0, 'end', ''],
] as const) {
  test(`"${text}" cut to ${width} at its ${from} is "${shown}"`, () => {
    expect(cutTo(text, width, from)).toBe(shown)
  })
}

// What a reader sees as a character is determined only in text with combining characters; other
// text needs none of that.
test('a character is as wide, and is cut as well, whatever stands beside it', () => {
  const wrong: string[] = []
  for (const [from, to, step] of [
    ...[
      [0x20, 0x52f, 1],
      [0x2010, 0x2bff, 1],
      [0x3000, 0x30ff, 1],
      [0xff00, 0xff60, 1],
    ],
    ...[
      [0x4e00, 0x9fff, 97],
      [0xac00, 0xd7a3, 97],
    ],
  ] as [number, number, number][]) {
    for (let code = from; code <= to; code += step) {
      const alone = String.fromCodePoint(code)
      if (!/[\p{L}\p{N}\p{P}\p{S}\p{Zs}]/u.test(alone)) continue
      if (displayWidth(alone) + 1 !== displayWidth(`${alone}e\u0301`)) wrong.push(alone)
      const nine = alone.repeat(9)
      if (cutTo(nine, 4) !== cutTo(`${nine}e\u0301`, 4)) wrong.push(`${alone}, cut`)
    }
  }
  expect(wrong).toEqual([])
})

test('a text over the columns behind others starts where these end, and widens none', () => {
  const over: Row = { after: ['six', ''], line: 'a sentence that is longer than any path here' }
  expect(tableLines(columns.slice(0, 3), [...rows, over], Number.POSITIVE_INFINITY)).toEqual([
    'id       n  path',
    'one      1  /home/ada/projects/tacho',
    'three  333  /',
    'six         a sentence that is longer than any path here',
  ])
  expect(tableLines(columns.slice(0, 3), [...rows, over], 24)[3]).toBe('six         a sentence …')
})
