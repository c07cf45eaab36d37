import { expect, test } from 'vitest'
import { basicAuthorization } from '../../../packages/launcher/dist/network/basic-authorization.js'

for (const [url, user] of [
  ['http://host/v1', undefined],
  ['http://ada:s3cret@host/v1', 'ada:s3cret'],
  ['http://us%40r:p%20w@host/v1', 'us@r:p w'],
  ['http://usr@host/v1', 'usr:'],
  ['http://:pw@host/v1', ':pw'],
  ['http://100%:p@host/v1', '100%:p'],
] as const) {
  test(`${url} is sent as ${user ?? 'nothing'}`, () => {
    const basic = user && `Basic ${Buffer.from(user).toString('base64')}`
    expect(basicAuthorization(new URL(url))).toBe(basic)
  })
}
