import { randomBytes } from 'node:crypto'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LineCutter } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../packages/reader/dist/read-lines.js'
import { sessionsDirectory } from './session-folder.js'

const directory = sessionsDirectory()

describe('the lines of a file are those that a line cutter makes of it whole', () => {
  const block = 256 * 1024
  const long = randomBytes(block).toString('hex')
  const cases: [name: string, text: string][] = [
    ['an empty file', ''],
    ['a lone newline', '\n'],
    ['a torn line alone', 'torn'],
    ['lines and a torn one', 'one\n\nthree\ntorn'],
    ['a line that ends a block', `${'x'.repeat(block - 1)}\nnext\n`],
    ['a line that is one byte longer', `${'x'.repeat(block)}\nnext\n`],
    [
      'empty lines and few others',
      `${'\n'.repeat(block + 3)}see\n\nx\n${'\n'.repeat(block)}fee\n\n`,
    ],
    ['a line over several blocks between short ones', `short\n${long}${long}\nshort\n${long}`],
  ]
  for (const [name, text] of cases) {
    test(name, () => {
      expect(read(text)).toEqual(cut(text))
    })
    test(`${name}: those with a text are where they are among all`, () => {
      const found = read(text, undefined, undefined, { containing: 'e' })
      expect(found.filter(hasE)).toEqual(cut(text).filter(hasE))
    })
  }
})

test('lines without the wanted text are passed, and counted', () => {
  const text = 'one\ntwo\n\nthree\ntwo\ntorn'
  expect(read(text, undefined, undefined, { containing: 'two' })).toEqual([
    { byte: 4, line: 2, text: 'two', isTorn: false },
    { byte: 15, line: 5, text: 'two', isTorn: false },
    { byte: 19, line: 6, text: 'torn', isTorn: true },
  ])
})

test('a file that has grown since its size was taken is read to its end', () => {
  const text = `one\n${'x'.repeat(20_000)}\nlast\n`
  expect(read(text, undefined, undefined, { size: 4 })).toEqual(cut(text))
})

test('a file can be read from a place on, up to a byte', () => {
  const from = { byte: 4, line: 2 }
  expect(read('one\ntwo\nthree\nfour\n', from, 14)).toEqual([
    { byte: 4, line: 2, text: 'two', isTorn: false },
    { byte: 8, line: 3, text: 'three', isTorn: false },
  ])
})

function hasE({ text }: Line): boolean {
  return text.includes('e')
}

type Line = { byte: number; line: number; text: string; isTorn: boolean }

type Range = [
  from?: { byte: number; line: number } | undefined,
  to?: number | undefined,
  known?: { size?: number; containing?: string },
]

function read(text: string, ...range: Range): Line[] {
  const path = join(directory, 'lines')
  writeFileSync(path, text)
  const descriptor = openSync(path, 'r')
  const lines: Line[] = []
  // The bytes of a line are valid only until the next one.
  for (const { byte, line, bytes, isTorn } of readLines(descriptor, ...range)) {
    lines.push({ byte, line, text: String(bytes), isTorn })
  }
  closeSync(descriptor)
  return lines
}

function cut(text: string): Line[] {
  const cutter = new LineCutter()
  return [...cutter.push(Buffer.from(text)), ...cutter.end()].map(
    ({ byte, number, bytes, isTorn }) => ({
      byte,
      line: number,
      text: Buffer.from(bytes).toString(),
      isTorn,
    }),
  )
}
