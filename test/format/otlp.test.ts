import { type KeyValue, plainAttributes } from '@tacho/format'
import { expect, test } from 'vitest'

test.each<[text: string, plain: unknown]>([
  ['{"doubleValue":0.5}', 0.5],
  ['{"doubleValue":"-0.5e3"}', -500],
  ['{"doubleValue":1e999}', undefined],
  ['{"doubleValue":-1e999}', undefined],
  ['{"doubleValue":"1e999"}', undefined],
  ['{"doubleValue":"NaN"}', 'NaN'],
  ['{"doubleValue":"-Infinity"}', '-Infinity'],
  ['{"doubleValue":"many"}', undefined],
  ['{"doubleValue":""}', undefined],
  ['{"doubleValue":null}', undefined],
  ['{"intValue":7}', 7],
  ['{"intValue":"-7"}', -7],
  ['{"intValue":"9007199254740993"}', '9007199254740993'],
  ['{"intValue":1e999}', undefined],
  ['{"intValue":1.5}', undefined],
  ['{"intValue":""}', undefined],
  ['{"intValue":"0x10"}', undefined],
  ['{"arrayValue":{"values":[{"doubleValue":1e999},{"doubleValue":2}]}}', [2]],
])('an attribute %s reads as %j, and as JSON it is the same', (text, plain) => {
  const pair = JSON.parse(`{"key":"a","value":${text}}`) as KeyValue
  const { a } = plainAttributes([pair])
  expect(a).toEqual(plain)
  expect(JSON.parse(JSON.stringify({ a })).a).toEqual(plain)
})
