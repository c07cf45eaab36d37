import { BodyReader, type Content, MAX_BODY_BYTES, MissingBytes, readBody } from '@tacho/format'
import { expect, test } from 'vitest'

/** The records of a file that may be damaged or hostile, so they have no type. */
const sourceOf = (records: Record<string, unknown>) => {
  const contents = new Map(Object.entries(records))
  return (exchange: string) => contents.get(exchange) as Content | undefined
}

const read = (records: Record<string, unknown>, exchange = 'a') =>
  Buffer.from(readBody(exchange, sourceOf(records))).toString()

const copy = (of: string, at: number, length: number) => ({ copy: of, at, length })

for (const [what, records, body] of [
  ['text', { a: 'text' }, 'text'],
  ['nothing', { a: '' }, ''],
  ['an empty list', { a: [] }, ''],
  ['base64', { a: [{ base64: 'dGV4dA==' }] }, 'text'],
  ['a copy', { a: [copy('b', 1, 2)], b: 'text' }, 'ex'],
  ['a copy of nothing', { a: [copy('b', 9, 0), 'x'] }, 'x'],
  ['a copy to the last byte', { a: [copy('b', 0, 4)], b: 'text' }, 'text'],
  ['the middle of many pieces', { a: [copy('b', 1, 4)], b: ['ab', 'c', '', 'de', 'f'] }, 'bcde'],
  ['halves of a character', { a: ['\ud83d', '', '\ude00', 'x'] }, '\ufffd\ufffdx'],
  [
    'short texts between copies',
    { a: ['x', copy('b', 0, 1), 'é', copy('b', 1, 1)], b: 'yz' },
    'xyéz',
  ],
  ['copies of many texts', { a: [copy('b', 1, 3)], b: [...'x試y'] }, '試'],
  ['bytes within characters', { a: [copy('b', 0, 2), copy('b', 2, 1)], b: '試' }, '試'],
  ['copies of copies', { a: [copy('b', 1, 3)], b: ['x', copy('c', 0, 2), 'y'], c: 'cd' }, 'cdy'],
  ['its own beginning twice', { a: ['ab', copy('a', 0, 2)] }, 'abab'],
  ['an exchange named __proto__', { a: [copy('__proto__ ', 0, 1)], '__proto__ ': 'x' }, 'x'],
] as const) {
  test(`a content of ${what} is read`, () => expect(read(records)).toBe(body))
}

for (const [what, records, words] of [
  ['of no record', {}, 'exchange a is not in the log'],
  ['that copies from no record', { a: [copy('b', 0, 1)] }, 'which exchange a copies from'],
  ['that was not kept', { a: ['x', { omitted: 5 }] }, '5 bytes of this body were not kept'],
  ['that copies what was not kept', { a: [copy('b', 1, 2)], b: ['x', { omitted: 5 }] }, 'not kept'],
  ['that copies beyond the end', { a: [copy('b', 2, 3)], b: 'text' }, 'bytes 2 to 5'],
  ['that copies from beyond the end', { a: [copy('b', 5, 1)], b: 'text' }, 'which has 4'],
  ['that copies itself', { a: [copy('a', 0, 5)] }, 'in a circle'],
  ['that two copy in turn', { a: [copy('b', 0, 5)], b: [copy('a', 0, 5)] }, 'in a circle'],
  ['that copies itself twice', { a: [copy('a', 0, 4), copy('a', 0, 4)] }, 'in a circle'],
  ['that claims a gigabyte', { a: [copy('b', 0, 2 ** 30)], b: 'x' }, 'claims to be 1073741824'],
  ['just above the limit', { a: [copy('b', 0, MAX_BODY_BYTES + 1)] }, 'claims to be'],
  ['that claims no end', { a: [copy('b', 0, 2 ** 53 - 1), 'x'] }, 'claims to be endless'],
  ['with a negative place', { a: [copy('b', -1, 1)], b: 'text' }, 'of no known kind'],
  ['with a broken length', { a: [copy('b', 0, 1.5)], b: 'text' }, 'of no known kind'],
  [
    'with a place that is not a number',
    { a: [{ copy: 'b', at: '0', length: 1 }] },
    'no known kind',
  ],
  ['with broken base64', { a: [{ base64: '*' }] }, 'of no known kind'],
  ['with a piece that is null', { a: [null] }, 'piece 0 of the content of exchange a'],
  ['with a piece that is a number', { a: ['x', 5] }, 'piece 1 of the content of exchange a'],
  ['that is an object', { a: {} }, 'neither text nor a list'],
  ['that is null', { a: null }, 'neither text nor a list'],
] as const) {
  test(`a body ${what} is missing bytes, and the message says so`, () => {
    expect(() => read(records)).toThrow(MissingBytes)
    expect(() => read(records)).toThrow(words)
  })
}

test('bytes beside what was not kept are read', () => {
  expect(read({ a: [copy('b', 0, 1), copy('b', 6, 1)], b: ['x', { omitted: 5 }, 'y'] })).toBe('xy')
})

test('a chain of 10,000 copies is read, and each record of it opened once', () => {
  const opened: string[] = []
  const body = readBody('9999', (exchange) => {
    opened.push(exchange)
    const number = Number(exchange)
    return number === 0 ? 'first' : [copy(`${number - 1}`, 0, 5 + number - 1), 'x']
  })
  expect(Buffer.from(body).toString()).toBe(`first${'x'.repeat(9999)}`)
  expect(opened.length).toBe(10_000)
})

test('a body doubled thirty times over is refused at once', () => {
  const records: Record<string, Content> = { '0': 'x'.repeat(100) }
  for (let level = 1; level <= 30; level += 1) {
    const length = 100 * 2 ** (level - 1)
    records[level] = [copy(`${level - 1}`, 0, length), copy(`${level - 1}`, 0, length)]
  }
  expect(read(records, '3')).toBe('x'.repeat(800))
  expect(() => read(records, '30')).toThrow('claims to be')
})

test('a million pieces, each through a thousand others, end in missing bytes', () => {
  const records: Record<string, Content> = {
    '0': 'x',
    a: Array.from({ length: 1_000_000 }, () => copy('1000', 0, 1)),
  }
  for (let level = 1; level <= 1000; level += 1) records[level] = [copy(`${level - 1}`, 0, 1)]
  expect(() => read(records)).toThrow('too many pieces')
})

test('a record is opened once, and only where bytes come from it', () => {
  const opened: string[] = []
  const source = sourceOf({
    a: [copy('b', 0, 2), copy('c', 3, 1), copy('b', 1, 1)],
    b: ['12', copy('d', 0, 3)],
    c: '3456',
    d: 'not needed',
  })
  const body = readBody('a', (exchange) => {
    opened.push(exchange)
    return source(exchange)
  })
  expect(Buffer.from(body).toString()).toBe('1262')
  expect(opened).toEqual(['a', 'b', 'c'])
})

test('a reader copies from the bodies it read before, and opens no record of theirs again', () => {
  const opened: string[] = []
  const reader = new BodyReader((exchange) => {
    opened.push(exchange)
    const number = Number(exchange)
    return number === 0 ? 'first' : [copy(`${number - 1}`, 0, 5 + number - 1), 'x']
  })
  for (let number = 0; number < 100; number += 1) {
    expect(reader.read(`${number}`).length).toBe(5 + number)
  }
  expect(opened.length).toBe(100)
})

test('a body that is held is not put together again', () => {
  const reader = new BodyReader(sourceOf({ a: 'text' }))
  expect(reader.read('a')).toBe(reader.read('a'))
})

test('a reader that holds nothing reads the same', () => {
  const records = { a: 'text', b: [copy('a', 1, 3), 'y'], c: [copy('b', 0, 4), 'z'] }
  const reader = new BodyReader(sourceOf(records), 0)
  const bodies = ['a', 'b', 'c', 'a'].map((one) => Buffer.from(reader.read(one)).toString())
  expect(bodies).toEqual(['text', 'exty', 'extyz', 'text'])
})

test('a reader can be used on after missing bytes', () => {
  const reader = new BodyReader(sourceOf({ a: [copy('a', 0, 1)], b: 'text' }))
  expect(() => reader.read('a')).toThrow(MissingBytes)
  expect(Buffer.from(reader.read('b')).toString()).toBe('text')
})

test('a copy beyond the end of a body that was read before is missing bytes too', () => {
  const reader = new BodyReader(sourceOf({ a: 'text', b: [copy('a', 2, 3)] }))
  reader.read('a')
  expect(() => reader.read('b')).toThrow('bytes 2 to 5')
})
