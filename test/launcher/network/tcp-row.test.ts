import { endianness } from 'node:os'
import { describe, expect, test } from 'vitest'
import { hexOf, tcpRowOf } from '../../../packages/launcher/dist/network/tcp-row.js'
import { isMapped } from '../../../packages/launcher/dist/network/user-of-sockets.js'

const IPV4 =
  '   3: 0100007F:911D 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 123456 2 0000000000000000 20 4 30 10 -1'
const LISTENING =
  '   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0000000000000000 100 0 0 10 0'
const MAPPED =
  '   1: 0000000000000000FFFF00000100007F:911D 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000 65534        0 9 2 0'
const IPV6 =
  '12345: 00000000000000000000000001000000:0016 00000000000000000000000001000000:D431 06 00000000:00000000 03:00001A5B 00000000     0        0 0 3 0'

describe.runIf(endianness() === 'LE')('a row of the kernel’s', () => {
  test.each([
    [IPV4, { ends: '0100007F:911D 0100007F:1F90', isListening: false, uid: 1000, inode: '123456' }],
    [LISTENING, { ends: '00000000:1F90 00000000:0000', isListening: true, uid: 0, inode: '77' }],
    [MAPPED, { ends: '0100007F:911D 0100007F:1F90', isListening: false, uid: 65534, inode: '9' }],
  ])('%s', (line, row) => {
    expect(tcpRowOf(line)).toEqual(row)
  })

  test('one of IPv6 is no IPv4', () => {
    expect(tcpRowOf(IPV6)?.ends).toBe(
      '00000000000000000000000001000000:0016 00000000000000000000000001000000:D431',
    )
  })

  test('an address, also one in IPv6', () => {
    expect(hexOf('127.0.0.1', 8080)).toBe('0100007F:1F90')
    expect(hexOf('::ffff:10.0.0.255', 1)).toBe('FF00000A:0001')
  })
})

test.each([
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '',
  ': ',
  '0: 1 2 3',
  'x'.repeat(10_000),
])('no row: %j', (line) => {
  expect(tcpRowOf(line)).toBeUndefined()
})

test.each([undefined, '', '::1', '127.0.0', '127.0.0.256', '1.2.3.4.5', 'a.b.c.d'])(
  'no IPv4 address: %j',
  (address) => {
    expect(hexOf(address, 1)).toBeUndefined()
  },
)

test.each([
  ['         0          0 4294967295\n', 65_534, true],
  ['         0       1000          1\n', 65_534, false],
  ['         0       1000          1\n         1     100000      65536\n', 65_534, true],
  ['', 65_534, false],
] as const)('the map %j has the user %i: %s', (map, uid, has) => {
  expect(isMapped(uid, map)).toBe(has)
})
