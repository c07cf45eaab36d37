import { describe, expect, test } from 'vitest'
import {
  noProxyForHttp,
  noProxyForWebSockets,
} from '../../../packages/launcher/dist/network/no-proxy.js'

const NAME = 'llm.internal.test'
const PORT = 4000

// What the real Codex 0.169 did with each, over HTTP and over its WebSocket.
const PAST = true
const PROXY = false
const rows: [list: string, host: string, http: boolean, webSocket: boolean][] = [
  ['', NAME, PROXY, PROXY],
  [',', NAME, PROXY, PROXY],
  ['*', NAME, PAST, PAST],
  [' * ', NAME, PAST, PAST],
  ['*,x', NAME, PAST, PROXY],
  ['*', '127.0.0.1', PROXY, PAST],
  ['*', '[::1]', PROXY, PAST],
  ['internal.test', NAME, PAST, PAST],
  ['.internal.test', NAME, PAST, PAST],
  ['internal.test', 'internal.test', PAST, PAST],
  ['.internal.test', 'internal.test', PAST, PAST],
  ['*.internal.test', NAME, PROXY, PROXY],
  ['INTERNAL.TEST', NAME, PAST, PROXY],
  ['.INTERNAL.test', NAME, PAST, PROXY],
  ['ternal.test', NAME, PROXY, PROXY],
  ['internal.test', 'notinternal.test', PROXY, PROXY],
  ['llm.internal.test.', NAME, PROXY, PROXY],
  ['internal.test', 'llm.internal.test.', PROXY, PROXY],
  [`llm.internal.test:${PORT}`, NAME, PROXY, PAST],
  ['llm.internal.test:1', NAME, PROXY, PROXY],
  ['llm.internal.test:x', NAME, PROXY, PAST],
  ['foo llm.internal.test', NAME, PROXY, PROXY],
  ['foo, llm.internal.test', NAME, PAST, PAST],
  ['foo;llm.internal.test', NAME, PROXY, PROXY],
  [' internal.test ', NAME, PAST, PAST],
  ['127.0.0.1', NAME, PROXY, PROXY],
  ['127.0.0.0/8', NAME, PROXY, PROXY],
  ['127.0.0.1', '127.0.0.1', PAST, PAST],
  ['127.0.0.0/8', '127.0.0.1', PAST, PROXY],
  ['127.0.0.1/32', '127.0.0.1', PAST, PROXY],
  ['127.0.0.1/33', '127.0.0.1', PROXY, PROXY],
  ['127.0.0.1/x', '127.0.0.1', PROXY, PROXY],
  ['127.1.2.3/8', '127.0.0.1', PAST, PROXY],
  ['128.0.0.0/8', '127.0.0.1', PROXY, PROXY],
  ['127.', '127.0.0.1', PROXY, PROXY],
  ['127.0.0', '127.0.0.1', PROXY, PROXY],
  ['0.0.0.0/0', '127.0.0.1', PAST, PROXY],
  [`127.0.0.1:${PORT}`, '127.0.0.1', PROXY, PAST],
  ['localhost', '127.0.0.1', PROXY, PROXY],
  ['.0.0.1', '127.0.0.1', PROXY, PAST],
  ['0.0.1', '127.0.0.1', PROXY, PAST],
  ['::ffff:127.0.0.1', '127.0.0.1', PROXY, PROXY],
  ['localhost', 'localhost', PAST, PAST],
  ['127.0.0.1', 'localhost', PROXY, PROXY],
  ['.localhost', 'localhost', PAST, PAST],
  ['<local>', 'localhost', PROXY, PROXY],
  ['::1', '[::1]', PAST, PAST],
  ['[::1]', '[::1]', PROXY, PAST],
  [`[::1]:${PORT}`, '[::1]', PROXY, PAST],
  ['::/0', '[::1]', PAST, PROXY],
  ['0:0:0:0:0:0:0:1', '[::1]', PAST, PROXY],
  ['0.0.0.0/0', '[::1]', PROXY, PROXY],
]

describe.each([
  ['HTTP', noProxyForHttp, 2],
  ['a WebSocket', noProxyForWebSockets, 3],
] as const)('for %s', (_, noProxy, column) => {
  for (const row of rows) {
    const [list, host] = row
    const goes = row[column] ? 'goes past' : 'takes'
    test(`NO_PROXY=${JSON.stringify(list)}: ${host} ${goes} the proxy`, () => {
      expect(noProxy(list)(host, PORT)).toBe(row[column])
    })
  }
})

test('a list of 100,000 rules is read and asked in one go', () => {
  const list = Array(100_000).fill('.internal.example').join(',')
  for (const noProxy of [noProxyForHttp, noProxyForWebSockets]) {
    expect(noProxy(`${list},internal.test`)(NAME, PORT)).toBe(true)
  }
})
