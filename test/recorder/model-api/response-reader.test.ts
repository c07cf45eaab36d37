import { describe, expect, test } from 'vitest'
import { responsesApi } from '../../../packages/recorder/dist/model-api/index.js'
import { ResponseReader } from '../../../packages/recorder/dist/model-api/response-reader.js'

function deltaOf(json: string): Buffer {
  const type = 'response.output_text.delta'
  return Buffer.from(`event: ${type}\ndata: {"type":"${type}","delta":${json}}\n\n`)
}

describe('the length of an answer is that of its texts, counted as they stand in JSON', () => {
  test.each([
    '""',
    '"plain"',
    '"a \\"word\\""',
    '"two\\nlines\\n"',
    '"ü€😀"',
    '"\\u00fc\\ud83d\\ude00"',
    '"C:\\\\u0041"',
    '"\\\\"',
    '"\\\\\\\\\\"\\u0022"',
  ])('%s', (json) => {
    const reader = new ResponseReader(responsesApi, 'text/event-stream')
    for (const _ of [1, 2, 3]) reader.push(deltaOf(json))
    reader.end()
    expect(reader.facts.textLength).toBe(3 * JSON.parse(json).length)
    expect(reader.events).toBe(3)
  })

  test('many escapes, and many events without one, take no longer each than a few', () => {
    const reader = new ResponseReader(responsesApi, 'text/event-stream')
    const start = performance.now()
    reader.push(deltaOf(`"${'\\n'.repeat(900_000)}"`))
    reader.push(Buffer.concat(Array(20_000).fill(deltaOf('"a word"'))))
    reader.end()
    // Were each of them looked for to the end of all, it would take minutes.
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(reader.facts.textLength).toBe(900_000 + 20_000 * 6)
  })
})

test('of an answer that is too long to be read, the end is read, whatever pieces it comes in', () => {
  const reader = new ResponseReader(responsesApi, 'text/event-stream')
  const filler = deltaOf(`"${'x'.repeat(50_000)}"`)
  const usage = { input_tokens: 9000, output_tokens: 200 }
  const response = { id: 'resp_1', status: 'completed', usage }
  const last = `data: ${JSON.stringify({ type: 'response.completed', response })}\n\n`
  const memory = Buffer.alloc(64 * 1024)
  for (let round = 0; round < 120; round += 1) reader.push(filler)
  for (const character of last) {
    // The same memory for each, as a relay has it.
    memory.write(character)
    reader.push(memory.subarray(0, 1))
  }
  memory.fill(0)
  reader.end()
  expect(reader.facts).toMatchObject({ id: 'resp_1', inputTokens: 9000, outputTokens: 200 })
  expect(reader.events).toBeUndefined()
})
