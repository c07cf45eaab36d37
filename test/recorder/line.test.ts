import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { contentOf, decodeLine } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import { JSON_TEXT_BYTES, openJsonText } from '../../packages/recorder/dist/json-text.js'
import { chunkLine, lineOf } from '../../packages/recorder/dist/line.js'
import { randomFrom } from '../faults/random.js'
import { asScrubbed, asScrubbedBytes } from './as-scrubbed.js'

const CHUNK = asScrubbed({ kind: 'chunk' as const, exchange: '0123456789abcdef' as string, at: 1 })

/** The bytes of a line are checked before the next line overwrites them. */
function linesOf(bytes: Uint8Array, isLate = false): [sooner: string, otherwise: string] {
  const sooner = Buffer.from(chunkLine(CHUNK, asScrubbedBytes(bytes), isLate)).toString('latin1')
  const otherwise = lineOf({ ...CHUNK, content: asScrubbed(contentOf(bytes)) })
  return [sooner, Buffer.from(otherwise).toString('latin1')]
}

describe('a chunk is the line that JSON.stringify would make of it', () => {
  test('the program that makes it is there on this machine', () => {
    expect(openJsonText()).toBeDefined()
  })

  test.each<[name: string, text: string]>([
    ['every character of ASCII', String.fromCharCode(...Array(128).keys())],
    ['every other one of one unit, but for halves of two', plane()],
    ['characters of two units', '😀𝒳🏴'],
    ['what JSON leaves as it is, and JavaScript did not', '\u2028\u2029\u007f\ufeff'],
  ])('%s', (_name, text) => {
    const [sooner, otherwise] = linesOf(Buffer.from(text + '.'.repeat(2000)))
    expect(sooner === otherwise).toBe(true)
  })

  test('one special character, at every place of the first vectors and of the last', () => {
    for (const special of ['"', '\\', '\n', '\0', 'é']) {
      for (let place = 0; place < 64; place += 1) {
        const text = `${'.'.repeat(place)}${special}${'.'.repeat(2000)}`
        const [sooner, otherwise] = linesOf(Buffer.from(text))
        expect(sooner === otherwise).toBe(true)
        const end = `${'.'.repeat(2000)}${special}${'.'.repeat(place)}`
        const [soonerEnd, otherwiseEnd] = linesOf(Buffer.from(end))
        expect(soonerEnd === otherwiseEnd).toBe(true)
      }
    }
  })

  test('random ones', () => {
    const random = randomFrom(20261128)
    for (let round = 0; round < 500; round += 1) {
      const [sooner, otherwise] = linesOf(randomText(random))
      expect(sooner === otherwise).toBe(true)
    }
  })

  test.each([JSON_TEXT_BYTES - 1, JSON_TEXT_BYTES, JSON_TEXT_BYTES + 1])(
    '%i bytes, all of which take the most room',
    (length) => {
      const [sooner, otherwise] = linesOf(Buffer.alloc(length, 1))
      expect(sooner.length).toBe(otherwise.length)
      expect(sooner === otherwise).toBe(true)
    },
  )

  test('bytes that are no UTF-8, as base64', () => {
    const bytes = Buffer.concat([Buffer.alloc(2000, 'x'), Buffer.from([0xe2, 0x82])])
    const [sooner, otherwise] = linesOf(bytes)
    expect(sooner).toBe(otherwise)
    expect(sooner).toContain('"base64"')
  })

  test('far behind in a body, text stays text', () => {
    const [sooner, otherwise] = linesOf(Buffer.alloc(2000, 'x'), true)
    expect(sooner).toBe(otherwise)
  })

  test('one with thousands of secrets in it', () => {
    const scrubbed = Array.from({ length: 5000 }, (_, at): [number, number, string] => [at, 1, 'x'])
    const line = Buffer.from(
      chunkLine(
        { ...CHUNK, ...asScrubbed({ scrubbed }) },
        asScrubbedBytes(Buffer.alloc(9000, 'x')),
        false,
      ),
    )
    const decoded = decodeLine(line.subarray(0, -1), crc32)
    expect(decoded).toEqual({ value: { ...CHUNK, scrubbed, content: 'x'.repeat(9000) } })
  })
})

test('where there is no WebAssembly, the lines are the same', () => {
  const program = `
    import { createHash } from 'node:crypto'
    import { chunkLine } from ${JSON.stringify(import.meta.resolve('../../packages/recorder/dist/line.js'))}
    const bytes = Buffer.from('{"a":"b\\\\n\\u00fc"}\\n'.repeat(500))
    const line = chunkLine(${JSON.stringify(CHUNK)}, bytes, false)
    console.log(typeof WebAssembly, createHash('sha256').update(line).digest('hex'))`
  const args = ['--input-type=module', '-e', program]
  const [there, sum] = execFileSync(process.execPath, args, { encoding: 'utf8' }).split(' ')
  const without = execFileSync(process.execPath, ['--jitless', ...args], { encoding: 'utf8' })
  expect(there).toBe('object')
  expect(without).toBe(`undefined ${sum}`)
  const bytes = Buffer.from('{"a":"b\\n\u00fc"}\n'.repeat(500))
  const expected = createHash('sha256').update(linesOf(bytes)[1], 'latin1').digest('hex')
  expect(sum?.trim()).toBe(expected)
})

function plane(): string {
  let text = ''
  for (let unit = 128; unit < 0x10000; unit += 1)
    if (unit < 0xd800 || unit > 0xdfff) text += String.fromCharCode(unit)
  return text
}

const ALPHABETS = ['abc def', '"\\\n\t\r', '\0\u0001\u001f\u007f', 'üß€', '😀']

function randomText(random: () => number): Buffer {
  const pieces: string[] = []
  const rarity = random()
  const length = 1024 + random() * 3000
  for (let at = 0; at < length; at += 1) {
    const alphabet = random() < rarity ? ALPHABETS[0] : ALPHABETS[Math.floor(random() * 5)]
    const characters = [...(alphabet ?? '')]
    pieces.push(characters[Math.floor(random() * characters.length)] ?? '')
  }
  return Buffer.from(pieces.join(''))
}
