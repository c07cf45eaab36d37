import { describe, expect, test } from 'vitest'
import { proxiesOf, type Route } from '../../../packages/launcher/dist/network/proxies.js'

const A = 'http://a.test:1'
const B = 'http://b.test:2'

/** `a.test:1`, `direct`, or `closed`: no connection at all. */
function way(environment: NodeJS.ProcessEnv, target: string): string {
  const route = proxiesOf(environment)(new URL(target))
  return route.kind === 'proxy' ? `${route.proxy.host}:${route.proxy.port}` : route.kind
}

const TARGETS = ['http', 'https', 'ws', 'wss'].map((scheme) => `${scheme}://llm.internal.test/v1`)

describe('which variable counts (as with the real Codex 0.169)', () => {
  const rows: [
    environment: NodeJS.ProcessEnv,
    http: string,
    https: string,
    ws: string,
    wss: string,
  ][] = [
    [{}, 'direct', 'direct', 'direct', 'direct'],
    [{ HTTP_PROXY: A }, 'a.test:1', 'direct', 'a.test:1', 'a.test:1'],
    [{ HTTPS_PROXY: A }, 'direct', 'a.test:1', 'direct', 'a.test:1'],
    [{ ALL_PROXY: A }, 'a.test:1', 'a.test:1', 'a.test:1', 'a.test:1'],
    [{ http_proxy: A, all_proxy: B }, 'a.test:1', 'b.test:2', 'a.test:1', 'a.test:1'],
    [{ https_proxy: A, all_proxy: B }, 'b.test:2', 'a.test:1', 'b.test:2', 'a.test:1'],
    [{ HTTP_PROXY: A, http_proxy: B }, 'a.test:1', 'direct', 'a.test:1', 'a.test:1'],
    [{ HTTP_PROXY: '', http_proxy: B }, 'direct', 'direct', 'direct', 'direct'],
    [{ HTTP_PROXY: '', ALL_PROXY: A }, 'a.test:1', 'a.test:1', 'a.test:1', 'a.test:1'],
    [
      { HTTPS_PROXY: '', HTTP_PROXY: A, ALL_PROXY: B },
      'a.test:1',
      'b.test:2',
      'a.test:1',
      'a.test:1',
    ],
    [{ HTTP_PROXY: 'ftp://c.test', ALL_PROXY: A }, 'a.test:1', 'a.test:1', 'closed', 'closed'],
    [{ HTTP_PROXY: 'http://a b', ALL_PROXY: A }, 'a.test:1', 'a.test:1', 'closed', 'closed'],
    // A CGI script's HTTP_PROXY comes from the request.
    [{ ALL_PROXY: A, REQUEST_METHOD: 'GET' }, 'direct', 'direct', 'a.test:1', 'a.test:1'],
    [{ HTTP_PROXY: A, REQUEST_METHOD: '' }, 'direct', 'direct', 'a.test:1', 'a.test:1'],
    [{ ALL_PROXY: A, no_proxy: 'internal.test' }, 'direct', 'direct', 'direct', 'direct'],
    [
      { ALL_PROXY: A, NO_PROXY: '', no_proxy: 'internal.test' },
      'a.test:1',
      'a.test:1',
      'a.test:1',
      'a.test:1',
    ],
    [
      { ALL_PROXY: A, NO_PROXY: 'x', no_proxy: 'internal.test' },
      'a.test:1',
      'a.test:1',
      'a.test:1',
      'a.test:1',
    ],
    [
      { ALL_PROXY: A, NO_PROXY: 'llm.internal.test:443' },
      'a.test:1',
      'a.test:1',
      'a.test:1',
      'direct',
    ],
  ]
  for (const [environment, ...ways] of rows) {
    test(JSON.stringify(environment), () => {
      expect(TARGETS.map((target) => way(environment, target))).toEqual(ways)
    })
  }
})

describe('what names a proxy (as with the real Codex 0.169)', () => {
  const P = 'proxy.test:3128'
  const rows: [value: string, http: string, webSocket: string][] = [
    ['http://proxy.test:3128', P, P],
    ['HTTP://proxy.test:3128', P, P],
    ['http://proxy.test:3128/path?x', P, P],
    ['http://proxy.test:3128#x', P, P],
    ['proxy.test:3128', P, 'closed'],
    ['proxy.test', 'proxy.test:80', 'closed'],
    ['127.0.0.1:3128', '127.0.0.1:3128', 'closed'],
    ['[::1]:3128', '::1:3128', 'closed'],
    ['http://[::1]:3128', '::1:3128', '::1:3128'],
    ['http://proxy.test', 'proxy.test:80', 'proxy.test:80'],
    ['http://proxy.test:', 'proxy.test:80', 'proxy.test:80'],
    ['http://proxy.test:99999', 'proxy.test:80', 'proxy.test:80'],
    ['https://proxy.test', 'proxy.test:443', 'closed'],
    ['https://proxy.test:3128', P, 'closed'],
    ['socks5://proxy.test:3128', 'closed', P],
    ['socks5h://proxy.test', 'closed', 'proxy.test:1080'],
    ['socks4://proxy.test:3128', 'closed', 'closed'],
    ['socks4a://proxy.test:3128', 'closed', 'closed'],
    ['SOCKS5://proxy.test:3128', 'direct', 'closed'],
    ['socks://proxy.test:3128', 'direct', 'closed'],
    ['ftp://proxy.test:3128', 'direct', 'closed'],
    ['proxy.test:3128/', 'direct', 'closed'],
    ['//proxy.test:3128', 'direct', 'closed'],
    ['http:proxy.test:3128', 'direct', 'closed'],
    ['http:/proxy.test:3128', 'direct', 'closed'],
    ['http://proxy.test:3128:1', 'direct', 'closed'],
    ['http://', 'direct', 'closed'],
    ['http://[::1', 'direct', 'closed'],
    [' http://proxy.test:3128', 'direct', P],
    ['http://proxy.test:3128 ', 'direct', P],
    ['http://us er@proxy.test:3128', 'direct', 'closed'],
    ['http://pä@proxy.test:3128', 'direct', 'closed'],
  ]
  for (const [value, http, webSocket] of rows) {
    test(JSON.stringify(value), () => {
      const ways = ['http://llm.test', 'ws://llm.test'].map((target) =>
        way({ ALL_PROXY: value }, target),
      )
      expect(ways).toEqual([http, webSocket])
    })
  }
})

describe('the user of a proxy (as with the real Codex 0.169)', () => {
  const rows: [userinfo: string, http: string, webSocket: string | undefined][] = [
    ['u:p', 'u:p', 'u:p'],
    ['u', 'u:', 'u:'],
    ['', ':', ':'],
    [':pw', ':pw', ':pw'],
    ['u:a:b', 'u:a:b', 'u:a:b'],
    ['u:p@ss', 'u:p', 'u:p@ss'],
    ['u%40x:p%2Fq%C3%A9', 'u@x:p/qé', 'u@x:p/qé'],
    ['u%zz:p', 'u%zz:p', undefined],
    ['us%FFr:p', 'us\ufffdr:p', undefined],
  ]
  for (const [userinfo, ...users] of rows) {
    test(JSON.stringify(userinfo), () => {
      const environment = { ALL_PROXY: `http://${userinfo}@proxy.test:3128` }
      const routes = ['http://llm.test', 'ws://llm.test'].map((target) =>
        proxiesOf(environment)(new URL(target)),
      )
      expect(routes.map(userOf)).toEqual(users)
    })
  }

  function userOf(route: Route): string | undefined {
    if (route.kind !== 'proxy') return undefined
    expect(route.proxy).toMatchObject({ host: 'proxy.test', port: 3128 })
    return route.proxy.user && `${route.proxy.user.name}:${route.proxy.user.password}`
  }
})

test('what cannot be used is told with its variable and without its password', () => {
  const environment = {
    https_proxy: 'http://user:secret@proxy test:1',
    ALL_PROXY: 'socks5://u:secret@p',
  }
  const problems = ['http://a', 'https://a', 'wss://a'].map(
    (target) => proxiesOf(environment)(new URL(target)).problem,
  )
  expect(problems.map((problem) => problem?.variable)).toEqual([
    'ALL_PROXY',
    'ALL_PROXY',
    'https_proxy',
  ])
  for (const problem of problems) {
    expect(problem?.message).toContain(problem?.variable)
    expect(problem?.message).not.toContain('secret')
  }
})
