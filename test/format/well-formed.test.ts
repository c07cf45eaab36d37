import { crc32 } from 'node:zlib'
import { cut, encodeLine, wellFormed, wellFormedJson } from '@tacho/format'
import { expect, test } from 'vitest'

for (const [what, text, wanted] of [
  ['the first half of a pair', 'a\ud83d', 'a\ufffd'],
  ['the second half of a pair', '\ude00a', '\ufffda'],
  ['two first halves', '\ud83d\ud83d\ude00', '\ufffd😀'],
  ['whole pairs', '😀 and 🎉', '😀 and 🎉'],
  ['a backslash and letters that look like half a pair', '\\ud83d', '\\ud83d'],
  ['a backslash before half a pair', '\\\ud83d', '\\\ufffd'],
  ['an escape for half a pair behind another', '\n"\ud83d', '\n"\ufffd'],
] as const) {
  test(`${what}: no half leaves us`, () => {
    expect(wellFormed(text)).toBe(wanted)
    expect(JSON.parse(wellFormedJson(JSON.stringify(text)))).toBe(wanted)
    const line = Buffer.from(encodeLine({ text, [text]: [text] }, crc32)).toString()
    expect(JSON.parse(line)).toMatchObject({ text: wanted, [wanted]: [wanted] })
    expect(wellFormed(line) === line && !/(?<!\\)(\\\\)*\\ud/.test(line)).toBe(true)
  })
}

test('a text is never cut inside of a pair', () => {
  const text = 'ab😀cd'
  for (let length = 0; length <= text.length; length += 1) {
    const part = cut(text, length)
    expect(text.startsWith(part)).toBe(true)
    expect(part.length).toBe(length === 3 ? 2 : length)
  }
})
