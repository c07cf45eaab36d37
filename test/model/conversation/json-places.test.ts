import { placeAt, rangeOf } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const TEXT = ` {"a": [1, {"b\\"]": "x}\\\\"}, [] ], "é": "ü" , "c":{"d":null}, "c" : {"d": -1.5e3} }\n`

describe('a value is found by its path', () => {
  test.each<[path: (string | number)[], value: string | undefined]>([
    [[], TEXT.trim()],
    [['a'], `[1, {"b\\"]": "x}\\\\"}, [] ]`],
    [['a', 0], '1'],
    [['a', 1, 'b"]'], `"x}\\\\"`],
    [['a', 2], '[]'],
    [['a', 3], undefined],
    [['é'], '"ü"'],
    [['c', 'd'], '-1.5e3'],
    [['nobody'], undefined],
    [['a', 'b'], undefined],
  ])('%j', (path, value) => {
    const range = rangeOf(TEXT, path)
    expect(range && TEXT.slice(range.from, range.to)).toBe(value)
  })
})

describe('a path is found by a character', () => {
  test.each<[at: string, path: (string | number)[]]>([
    ['1,', ['a', 0]],
    ['x}', ['a', 1, 'b"]']],
    ['b\\"', ['a', 1, 'b"]']],
    ['[] ]', ['a', 2]],
    ['ü', ['é']],
    ['null', ['c', 'd']],
    ['-1.5', ['c', 'd']],
  ])('%j', (at, path) => {
    expect(placeAt(TEXT, TEXT.indexOf(at))).toEqual(path)
  })

  test('every character of a text has one, cut off wherever it is', () => {
    for (let length = 0; length <= TEXT.length; length += 1) {
      const cut = TEXT.slice(0, length)
      for (let offset = 0; offset < length; offset += 1) placeAt(cut, offset)
      rangeOf(cut, ['c', 'd'])
    }
  })
})
