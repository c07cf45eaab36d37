import { describe, expect, test } from 'vitest'
import { pastProxies } from '../../../packages/launcher/dist/network/past-proxies.js'
import { proxiesOf } from '../../../packages/launcher/dist/network/proxies.js'

const PROXY = 'http://proxy.test:3128'
const TAP = ['http://127.0.0.1:4000', 'ws://127.0.0.1:4000']

describe('what an environment becomes', () => {
  const rows: [environment: NodeJS.ProcessEnv, becomes: NodeJS.ProcessEnv | 'the same'][] = [
    [{}, 'the same'],
    [{ HTTPS_PROXY: PROXY }, 'the same'],
    [{ HTTP_PROXY: '' }, 'the same'],
    [{ HTTP_PROXY: PROXY }, { HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.1' }],
    [{ all_proxy: PROXY }, { all_proxy: PROXY, NO_PROXY: '127.0.0.1' }],
    [
      { HTTP_PROXY: PROXY, NO_PROXY: '' },
      { HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.1' },
    ],
    [
      { HTTP_PROXY: PROXY, NO_PROXY: 'a' },
      { HTTP_PROXY: PROXY, NO_PROXY: 'a,127.0.0.1' },
    ],
    [
      { HTTP_PROXY: PROXY, no_proxy: 'a' },
      { HTTP_PROXY: PROXY, no_proxy: 'a,127.0.0.1' },
    ],
    [
      { HTTP_PROXY: PROXY, NO_PROXY: '', no_proxy: 'a' },
      { HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.1', no_proxy: 'a' },
    ],
    [{ HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.1' }, 'the same'],
    // Of Codex's two rules, one understands networks.
    [
      { HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.0/8' },
      { HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.0/8,127.0.0.1' },
    ],
    // A second entry would invalidate it, for the agent and for what the agent runs.
    [
      { HTTP_PROXY: PROXY, https_proxy: PROXY, NO_PROXY: '*', A: 'b' },
      { NO_PROXY: '*', A: 'b' },
    ],
  ]
  for (const [environment, becomes] of rows) {
    test(JSON.stringify(environment), () => {
      const past = pastProxies(environment)
      if (becomes === 'the same') expect(past).toBe(environment)
      else expect(past).toEqual(becomes)
      for (const target of TAP) expect(proxiesOf(past)(new URL(target)).kind).toBe('direct')
    })
  }
})

test('every other host goes the way it went', () => {
  const hosts = ['llm.internal.test', 'internal.test', '10.1.2.3', '[2001:db8::1]', 'localhost']
  const lists = [
    undefined,
    '',
    'internal.test',
    '.internal.test',
    '10.0.0.0/8',
    '10.1.2.3:443',
    '::/0',
  ]
  for (const NO_PROXY of lists) {
    const environment = { ALL_PROXY: PROXY, ...(NO_PROXY !== undefined && { NO_PROXY }) }
    const [before, after] = [proxiesOf(environment), proxiesOf(pastProxies(environment))]
    for (const host of hosts) {
      for (const scheme of ['http', 'https', 'ws', 'wss']) {
        const target = new URL(`${scheme}://${host}/`)
        expect([target.href, after(target).kind]).toEqual([target.href, before(target).kind])
      }
    }
  }
})
