import { crc32 } from 'node:zlib'
import { decodeLine, encodeLine, lineTail } from '@tacho/format'
import { expect, test } from 'vitest'

const ID = '0123456789abcdef'
const copy = (at: number, length = 1, from = ID) => ({ copy: from, at, length })
const MANY = Array.from({ length: 20 }, (_, number) => copy(7 * number))

const recordOf = (content: unknown) => ({
  kind: 'request-body',
  exchange: 'fedcba9876543210',
  at: 5,
  content,
  bytes: 20,
  sha256: 'x',
})

const line = (json: string) =>
  Buffer.from(`${json.slice(0, -1)}${lineTail(crc32(json.slice(0, -1)))}`).subarray(0, -1)

for (const [what, content] of [
  ['many copies', MANY],
  [
    'copies from several bodies',
    MANY.map((one, n) => ({ ...one, copy: ID.slice(n % 9).padEnd(16, '0') })),
  ],
  ['copies and a text', [...MANY, 'and "this"']],
  ['short texts between copies', MANY.flatMap((one, n) => [one, `t${n}`])],
  ['texts with escapes', MANY.flatMap((one) => [one, '"', '\\', '\n'])],
  ['texts beyond ASCII', [...MANY, 'é', '\u{1f600}', '試', ...MANY]],
  ['empty texts', ['', ...MANY, '', '']],
  ['long texts', ['x'.repeat(1000), ...MANY, 'y'.repeat(1000), ...MANY]],
  ['base64 and gaps', [...MANY, { base64: 'AAAA' }, { omitted: 5 }, ...MANY]],
  ['the longest numbers', MANY.map(() => copy(999_999_999_999_999, 999_999_999_999_999))],
  ['longer numbers', MANY.map(() => copy(Number.MAX_SAFE_INTEGER, 2 ** 53))],
  ['other numbers', MANY.map(() => copy(-1, 1.5))],
  ['other ids', MANY.map(() => copy(1, 1, 'not hexadecimal!'))],
  ['ids of other lengths', MANY.map(() => copy(1, 1, 'abc'))],
  ['further members', MANY.map((one) => ({ ...one, more: true }))],
  ['what is no piece', [...MANY, null, 0, [], {}, ...MANY]],
] as const) {
  test(`a line of a body with ${what} is decoded as it was written`, () => {
    const record = recordOf(content)
    expect(decodeLine(encodeLine(record, crc32).subarray(0, -1), crc32)).toEqual({ value: record })
  })
}

const json = JSON.stringify(recordOf(MANY))
for (const [what, text] of [
  ['no comma between copies', json.replace('},{', '}{')],
  ['a comma after the last copy', json.replace('}],"bytes"', '},],"bytes"')],
  ['no bracket after the last copy', json.replace('}],"bytes"', '},"bytes"')],
  ['two commas', json.replace('},{', '},,{')],
  ['a number with a zero before it', json.replace('"at":7,', '"at":07,')],
  ['no number', json.replace('"at":7,', '"at":,')],
  ['a control character in a text', json.replace('{"copy"', '"\u0001",{"copy"')],
  ['NUL bytes for an id', json.replaceAll(ID, '\0'.repeat(16))],
] as const) {
  test(`a line of a body with ${what} is damaged`, () => {
    expect(() => JSON.parse(text)).toThrow()
    expect(decodeLine(line(text), crc32)).toHaveProperty('damage')
  })
}

test('a line of many copies with spaces between them is decoded', () => {
  expect(decodeLine(line(json.replaceAll('},{', '}, {')), crc32)).toEqual({ value: recordOf(MANY) })
})

test('a flipped bit in any byte of a line of many copies is noticed', () => {
  const bytes = Buffer.from(encodeLine(recordOf(MANY.slice(0, 9)), crc32).subarray(0, -1))
  for (let at = 0; at < bytes.length; at += 1) {
    for (const bit of [1, 32]) {
      bytes[at] = (bytes[at] ?? 0) ^ bit
      const decoded = decodeLine(bytes, crc32)
      // In the name of the checksum it makes a line without one.
      if (at < bytes.length - 16 || at > bytes.length - 13) expect(decoded).toHaveProperty('damage')
      bytes[at] = (bytes[at] ?? 0) ^ bit
    }
  }
})
