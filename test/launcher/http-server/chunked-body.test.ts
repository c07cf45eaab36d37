import { expect, test } from 'vitest'
import { ChunkedBody } from '../../../packages/launcher/dist/http-server/chunked-body.js'

const BODY = '4\r\nWiki\r\nC;name="v"\r\npedia in \r\n\n\r\n0\r\nX-Sum: 42\r\n\r\nGET / next'

test('a body is the same wherever it is cut in two', () => {
  for (let cut = 1; cut < BODY.length; cut += 1) {
    const taken = take([BODY.slice(0, cut), BODY.slice(cut)])
    expect([cut, taken]).toEqual([cut, { text: 'Wikipedia in \r\n\n', rest: 'GET / next' }])
  }
})

test('and byte by byte', () => {
  expect(take([...BODY]).text).toBe('Wikipedia in \r\n\n')
})

test.each([
  'x\r\n',
  '-1\r\n',
  '\r\n',
  '0x4\r\nWiki\r\n',
  '4\r\nWikipedia\r\n',
  '1234567890abc\r\n',
  '4 5\r\nWiki\r\n',
  `1;${'x'.repeat(20_000)}`,
])('%j is none', (text) => {
  expect(() => take([text])).toThrow(RangeError)
})

/** What comes out of a body that arrives in pieces, and what was behind it. */
function take(pieces: string[]): { text: string; rest: string } {
  const body = new ChunkedBody()
  let text = ''
  for (const [index, piece] of pieces.entries()) {
    let bytes = Buffer.from(piece, 'latin1')
    while (bytes.length > 0) {
      const { piece: taken, used, isOver } = body.step(bytes)
      text += taken?.toString('latin1') ?? ''
      bytes = bytes.subarray(used)
      if (isOver) return { text, rest: bytes.toString('latin1') + pieces.slice(index + 1).join('') }
    }
  }
  return { text, rest: '' }
}
