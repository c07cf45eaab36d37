import { constants } from 'node:os'
import { systemErrorCode } from '@tacho/format'
import { expect, test } from 'vitest'

for (const [what, error, code] of [
  ['one that Node names', { code: 'ENOSPC', errno: -28 }, 'ENOSPC'],
  ['one that Node has no name for', { code: 'Unknown system error -122', errno: -122 }, 'EDQUOT'],
  ['one that Node calls unknown', { code: 'UNKNOWN', errno: -122 }, 'EDQUOT'],
  ['one without a code', { errno: -122 }, 'EDQUOT'],
  ['one of ours', { code: 'CLOSED' }, 'CLOSED'],
  ['no error of the system', new Error('no'), undefined],
] as const) {
  test(`an error of the system: ${what}`, () => {
    expect(systemErrorCode(error, constants.errno)).toBe(code)
  })
}
