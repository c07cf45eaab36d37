import { describe, expect, test } from 'vitest'
import { pastProxy, withItsProxy } from '../../../../packages/launcher/src/agents/claude/proxies.js'

const PROXY = 'http://proxy.test:8080'
const OTHER = 'http://other.test:8080'

type Variables = Record<string, string>

describe('Claude Code reaches us past its proxy, and our connections go its way:', () => {
  test.each<[given: Variables, past: Variables, ours: Variables]>([
    [{}, {}, {}],
    [{ HTTPS_PROXY: PROXY }, { NO_PROXY: '127.0.0.1' }, both(PROXY)],
    [{ HTTP_PROXY: PROXY }, { NO_PROXY: '127.0.0.1' }, both(PROXY)],
    [{ HTTP_PROXY: OTHER, https_proxy: PROXY }, { NO_PROXY: '127.0.0.1' }, both(PROXY)],
    [{ HTTPS_PROXY: '', http_proxy: PROXY }, { NO_PROXY: '127.0.0.1' }, both(PROXY)],
    [{ ALL_PROXY: PROXY }, {}, {}],
    [{ HTTPS_PROXY: PROXY, NO_PROXY: '*' }, {}, {}],
    [{ HTTPS_PROXY: PROXY, no_proxy: '*', NO_PROXY: 'a.test' }, {}, {}],
    [
      { HTTPS_PROXY: PROXY, NO_PROXY: 'a.test' },
      { NO_PROXY: 'a.test,127.0.0.1' },
      both(PROXY, 'a.test'),
    ],
    [
      { HTTPS_PROXY: PROXY, no_proxy: 'a.test b.test' },
      { no_proxy: 'a.test b.test,127.0.0.1' },
      both(PROXY, 'a.test,b.test'),
    ],
    [
      { HTTPS_PROXY: PROXY, no_proxy: 'a.test', NO_PROXY: 'b.test' },
      { NO_PROXY: 'b.test,127.0.0.1' },
      both(PROXY, 'a.test,b.test'),
    ],
    [{ HTTPS_PROXY: PROXY, NO_PROXY: '127.0.0.1' }, {}, both(PROXY, '127.0.0.1')],
    [
      { HTTPS_PROXY: PROXY, NO_PROXY: 'localhost' },
      { NO_PROXY: 'localhost,127.0.0.1' },
      both(PROXY, 'localhost'),
    ],
  ])('%j', (given, past, ours) => {
    expect(pastProxy(given)).toEqual(past)
    expect(withItsProxy({ ...given, PATH: '/bin' })).toEqual({ ...ours, PATH: '/bin' })
  })
})

function both(proxy: string, hosts = ''): Variables {
  return { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: hosts }
}
