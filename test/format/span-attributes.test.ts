import {
  cut,
  decodeAttributes,
  encodeAttributes,
  SPAN_ATTRIBUTES,
  type SpanAttribute,
  type SpanKind,
  spanAbout,
  spanKindOf,
  spanName,
} from '@tacho/format'
import { describe, expect, test } from 'vitest'

const VALUES = { text: 'ö', number: 1.5, boolean: true, texts: ['a', ''] }
const KINDS = Object.keys(SPAN_ATTRIBUTES) as SpanKind[]

function attributesOf(kind: SpanKind): [fact: string, attribute: SpanAttribute][] {
  return Object.entries(SPAN_ATTRIBUTES[kind])
}

describe.each(KINDS)('a span of the kind %s', (kind) => {
  const facts = Object.fromEntries(
    attributesOf(kind).map(([fact, { type }]) => [fact, VALUES[type]]),
  )

  test('says what it was told, under one name each', () => {
    const attributes = encodeAttributes(kind, facts)
    expect(Object.keys(attributes).toSorted()).toEqual(
      attributesOf(kind)
        .map(([, { name }]) => name)
        .toSorted(),
    )
    expect(decodeAttributes(kind, attributes)).toEqual(facts)
  })

  test('says nothing of what is not known', () => {
    const unknown = Object.fromEntries(Object.keys(facts).map((fact) => [fact, undefined]))
    expect(encodeAttributes(kind, unknown)).toEqual({})
    expect(decodeAttributes(kind, {})).toEqual({})
  })

  test.each([
    null,
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '18446744073709551615',
    7,
    false,
    [1],
    undefined,
  ])('reads %j as what it is, or not at all', (value) => {
    const names = attributesOf(kind).map(([, { name }]) => name)
    const read = decodeAttributes(kind, Object.fromEntries(names.map((name) => [name, value])))
    for (const [fact, { type }] of attributesOf(kind)) {
      const isSuch =
        type === 'texts'
          ? Array.isArray(value)
          : typeof value === { text: 'string' }[type as 'text']
      const isNumber = type === 'number' && Number.isFinite(value)
      const isBoolean = type === 'boolean' && typeof value === 'boolean'
      expect(fact in read, fact).toBe(isSuch || isNumber || isBoolean)
    }
  })
})

test('what no list has is not written', () => {
  const facts = { cwd: '/', constructor: 'x', __proto__: { pid: 1 }, secret: 'x' }
  expect(encodeAttributes('session', facts)).toEqual({ 'tacho.cwd': '/' })
})

test('an attribute of an inherited name is none', () => {
  const attributes = Object.create({ 'tacho.cwd': '/' })
  expect(decodeAttributes('session', attributes)).toEqual({})
})

test('of a list, what is not text is left out', () => {
  const files = ['a', 1, null, 'b']
  expect(decodeAttributes('approval', { 'tacho.approval.files': files })).toEqual({
    files: ['a', 'b'],
  })
})

test('a text is cut at 1,024 characters, and never within a character', () => {
  const long = `${'x'.repeat(1023)}😀`
  expect(encodeAttributes('session', { cwd: long })).toEqual({ 'tacho.cwd': 'x'.repeat(1023) })
  expect(encodeAttributes('approval', { files: ['y'.repeat(2000)] })).toEqual({
    'tacho.approval.files': ['y'.repeat(1024)],
  })
  expect([cut('x'.repeat(1024)).length, cut('x'.repeat(1025)).length]).toEqual([1024, 1024])
})

describe('the name of a span tells its kind', () => {
  for (const [name, kind] of [
    [spanName('session'), 'session'],
    [spanName('cancellation'), 'cancellation'],
    [spanName('invoke_agent', 'codex'), 'invoke_agent'],
    [spanName('chat', 'gpt 5'), 'chat'],
    [spanName('chat'), 'chat'],
    [spanName('execute_tool', 'server.add'), 'execute_tool'],
    [spanName('approval', 'command'), 'approval'],
    ['POST', undefined],
    ['session of another', undefined],
    ['chatter', undefined],
    ['http', undefined],
    ['constructor', undefined],
    ['', undefined],
  ] as const)
    test(`${JSON.stringify(name)}: ${kind}`, () =>
      expect(spanKindOf({ name, attributes: {} })).toBe(kind))

  test('an HTTP request is told by its exchange', () => {
    const attributes = encodeAttributes('http', { exchange: '1'.repeat(16) })
    expect(spanKindOf({ name: 'POST', attributes })).toBe('http')
    expect(spanKindOf({ name: 'chat m', attributes })).toBe('chat')
  })

  test('and what it is about', () => {
    expect(['chat', 'chat gpt 5', 'execute_tool a.b'].map(spanAbout)).toEqual(['', 'gpt 5', 'a.b'])
  })
})
