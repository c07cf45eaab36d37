import { expect, test } from 'vitest'
import type { IndexedExchange } from '../../../packages/reader/dist/raw-index.js'
import {
  packExchanges,
  unpackExchanges,
} from '../../../packages/reader/dist/session-index/packed-exchanges.js'

const plain: IndexedExchange = {
  number: 1,
  id: '1111111111111111',
  from: { file: 'session_oai_raw.log', byte: 0, line: 1 },
  sentNothing: false,
  isWebSocket: false,
  isPrewarm: false,
  isAside: false,
  isConnection: false,
}

const whole: IndexedExchange = {
  ...plain,
  number: 2,
  id: '__proto__',
  from: { file: 'session_oai_raw.1.log.gz', byte: 2 ** 40, line: 7 },
  requestBody: { file: 'session_oai_raw.log', byte: 0, line: 8, length: 0 },
  sentNothing: true,
  isWebSocket: true,
  connection: '',
  isPrewarm: true,
  threadId: 'constructor',
  turnId: 'constructor',
  isAside: true,
  isTitle: true,
  isConnection: true,
  unparsed: [{ side: 'response', reason: 'no HTTP' }],
  state: 'failed',
  to: 0,
  chunksTo: 0,
}

// Each member alone, so that no two of them are confused.
const each = Object.entries(whole).map(([name, value], index) => ({
  ...plain,
  id: `exchange ${index}`,
  ...(name !== 'id' && { [name]: value }),
  number: index + 3,
}))

const exchanges = [plain, whole, ...each]

test('exchanges come out as they went in, also through JSON', () => {
  const packed = JSON.parse(JSON.stringify(packExchanges(exchanges)))
  expect(unpackExchanges(packed)).toEqual(exchanges)
})

test('none is none', () => {
  expect(unpackExchanges(packExchanges([]))).toEqual([])
})
