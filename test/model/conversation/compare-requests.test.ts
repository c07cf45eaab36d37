import { compareRequests, readModelRequest } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const URL = 'https://api.openai.com/v1/responses'
const say = (text: string) => ({ role: 'user', content: text })
const tool = (name: string, more: object = {}) => ({ type: 'function', name, ...more })
const BASE = {
  model: 'gpt-6.1',
  instructions: 'You fix.',
  tools: [tool('a'), tool('b')],
  input: [say('one'), say('two')],
  reasoning: { effort: 'low' },
  stream: true,
}

const compare = (before: object, after: object) => compareRequests(request(before), request(after))

const request = (body: object) => readModelRequest(URL, JSON.parse(JSON.stringify(body)))

test('a request that goes on has new messages and no difference', () => {
  const result = compare(BASE, { ...BASE, input: [...BASE.input, say('three')] })
  expect(result.isContinuation).toBe(true)
  expect(result.first).toBeUndefined()
  expect(result.sharedMessages).toBe(2)
  expect(result.bytes.shared).toBe(result.bytes.before)
  expect(result.bytes.after - result.bytes.shared).toBe(JSON.stringify(say('three')).length)
  expect(
    result.messages.map((run) => [run.in, run.before, run.after, run.messages.length]),
  ).toEqual([
    ['both', 1, 1, 2],
    ['after', undefined, 3, 1],
  ])
})

describe('the first difference is told in the order in which a model is given a prompt', () => {
  test.each<[what: string, after: object, first: object]>([
    ['another model', { ...BASE, model: 'x', tools: [] }, { kind: 'model', change: 'changed' }],
    [
      'a parameter',
      { ...BASE, reasoning: { effort: 'high' }, tools: [] },
      { kind: 'parameter', name: 'reasoning', change: 'changed' },
    ],
    [
      'a parameter more',
      { ...BASE, tool_choice: 'none' },
      { kind: 'parameter', name: 'tool_choice', change: 'added' },
    ],
    [
      'a parameter less',
      { ...BASE, reasoning: undefined },
      { kind: 'parameter', name: 'reasoning', change: 'removed' },
    ],
    [
      'a tool that changed',
      { ...BASE, tools: [tool('a'), tool('b', { strict: true })], instructions: '' },
      { kind: 'tool', name: 'b', number: 2, change: 'changed' },
    ],
    [
      'a tool more',
      { ...BASE, tools: [...BASE.tools, tool('c')] },
      { kind: 'tool', name: 'c', number: 3, change: 'added' },
    ],
    ['no tools', { ...BASE, tools: [] }, { kind: 'tool', name: 'a', change: 'removed' }],
    [
      'instructions',
      { ...BASE, instructions: 'You fi.' },
      { kind: 'instructions', number: 1, change: 'changed', common: '"You fi'.length },
    ],
    [
      'a message',
      { ...BASE, input: [say('one'), say('2'), say('three')] },
      { kind: 'message', number: 2, role: 'user', change: 'changed' },
    ],
    [
      'a message less',
      { ...BASE, input: [say('one')] },
      { kind: 'message', number: 2, change: 'removed' },
    ],
  ])('%s', (_, after, first) => {
    const result = compare(BASE, after)
    expect(result.isContinuation).toBe(false)
    expect(result.first).toMatchObject(first)
    expect(result.bytes.shared).toBeLessThan(result.bytes.before)
  })
})

test('a parameter that shapes no prompt is a difference, and breaks nothing', () => {
  const result = compare(BASE, { ...BASE, stream: false })
  expect(result.isContinuation).toBe(true)
  expect(result.parameters).toMatchObject([{ name: 'stream', before: 'true', after: 'false' }])
})

test('tools that changed places are told as such', () => {
  const result = compare(BASE, { ...BASE, tools: [tool('b'), tool('a')] })
  expect([result.tools, result.areToolsReordered]).toEqual([[], true])
  expect(result.first).toMatchObject({ kind: 'tool', number: 1, name: 'b' })
})

test('messages that were left out, put in and kept are told as runs', () => {
  const before = { input: ['a', 'b', 'c', 'd'].map(say) }
  const after = { input: ['a', 'c', 'x', 'd'].map(say) }
  const runs = compare(before, after).messages
  expect(runs.map((run) => [run.in, run.messages.map(({ value }) => value)])).toEqual([
    ['both', [say('a')]],
    ['before', [say('b')]],
    ['both', [say('c')]],
    ['after', [say('x')]],
    ['both', [say('d')]],
  ])
})

test('two conversations of thousands of messages with nothing in common are told in a moment', () => {
  const input = (name: string) => ({
    input: Array.from({ length: 5000 }, (_, index) => say(`${name} ${index}`)),
  })
  const runs = compare(input('one'), input('other')).messages
  expect(runs.map((run) => [run.in, run.messages.length])).toEqual([
    ['before', 5000],
    ['after', 5000],
  ])
})

test('bytes are those of UTF-8, up to the first that differs', () => {
  const before = { input: 'Één: 😀' }
  const after = { input: 'Één: 😁' }
  const { bytes, first } = compare(before, after)
  expect(first?.common).toBe('"Één: \ud83d'.length)
  expect(bytes.before).toBe(Buffer.byteLength(JSON.stringify(before.input)))
})

test('in the Messages API a mark of the cache, and one text as a list, are no difference', () => {
  const text = (words: string, more = {}) => ({ type: 'text', text: words, ...more })
  const marked = { cache_control: { type: 'ephemeral' } }
  const before = {
    model: 'claude-opus-5-5',
    system: [text('You fix.', marked)],
    messages: [
      { role: 'user', content: [text('one'), text('more', marked)] },
      { role: 'system', content: [text('The date.', marked)] },
    ],
  }
  const after = {
    ...before,
    system: [text('You fix.')],
    messages: [
      { role: 'user', content: [text('one'), text('more')] },
      { role: 'system', content: 'The date.' },
      { role: 'user', content: [text('two', marked)] },
    ],
  }
  const [one, two] = [before, after].map((body) =>
    readModelRequest('https://api.anthropic.com/v1/messages', body),
  )
  if (one === undefined || two === undefined) throw new Error('no request')
  const { isContinuation, first, instructions, messages } = compareRequests(one, two)
  expect({ isContinuation, first, instructions }).toEqual({
    isContinuation: true,
    instructions: [],
  })
  expect(messages.map((run) => [run.in, run.messages.length])).toEqual([
    ['both', 2],
    ['after', 1],
  ])
})
