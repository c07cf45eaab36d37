import { expect, test } from 'vitest'
import { Utf8Text } from '../../../packages/model/src/model-api/utf8-text.js'

const TEXT = 'façade, 😀, 完成'
const BYTES = Buffer.from(TEXT)

test('text is whole wherever it is cut, in memory that is used again for the next piece', () => {
  for (let at = 0; at <= BYTES.length; at += 1) {
    const text = new Utf8Text()
    const memory = Buffer.alloc(BYTES.length)
    const push = (piece: Uint8Array) => {
      memory.set(piece)
      return text.push(memory.subarray(0, piece.length))
    }
    expect(push(BYTES.subarray(0, at)) + push(BYTES.subarray(at))).toBe(TEXT)
  }
})
