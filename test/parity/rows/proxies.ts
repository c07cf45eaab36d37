import { SAYS_HELLO } from '../answers.js'
import type { ProxyKind } from '../proxy.js'
import { type Row, type Surrounding, WITH_SOCKETS, waiting } from '../row.js'
import { HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'

const SOCKET = {
  upstream: { replies: [SAYS_HELLO], upgrades: [warmSocket(plain(HELLO_MESSAGES))] },
  provider: WITH_SOCKETS,
}

/** Proxies through every variable, for plain upstreams and for those with TLS. */
export const proxies: readonly Row[] = [
  ...['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY', 'https_proxy'].map((name) =>
    row(`${name}`, ({ proxy }) => ({ [name]: `http://${proxy}` })),
  ),
  ...['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'http_proxy'].map((name) =>
    secure(`${name}`, ({ proxy }) => ({ [name]: `http://${proxy}` })),
  ),
  row('http_proxy without a scheme', ({ proxy }) => ({ http_proxy: proxy })),
  row('http_proxy with a path', ({ proxy }) => ({ http_proxy: `http://${proxy}/some/path` })),
  row('http_proxy with a name and password', ({ proxy }) => ({
    http_proxy: `http://ada:s%40fe@${proxy}`,
  })),
  secure('https_proxy with a name and password', ({ proxy }) => ({
    https_proxy: `http://ada:s%40fe@${proxy}`,
  })),
  row('http_proxy that is empty', () => ({ http_proxy: '' })),
  said(
    'is not a usable proxy',
    row('http_proxy that is not a URL', () => ({ http_proxy: 'http://[odd' })),
  ),
  said(
    'http_proxy',
    row('http_proxy of another scheme', ({ proxy }) => ({ http_proxy: `ftp://${proxy}` })),
  ),
  waiting(row('http_proxy where nobody listens', () => ({ http_proxy: 'http://127.0.0.1:1' }))),
  waiting(
    secure('https_proxy where nobody listens', () => ({ https_proxy: 'http://127.0.0.1:1' })),
  ),
  waiting(
    row('both spellings of http_proxy', ({ proxy }) => ({
      http_proxy: `http://${proxy}`,
      HTTP_PROXY: 'http://127.0.0.1:1',
    })),
  ),
  row('http_proxy beside all_proxy', ({ proxy }) => ({
    http_proxy: `http://${proxy}`,
    all_proxy: 'http://127.0.0.1:1',
  })),
  row('http_proxy that refuses', ({ proxy }) => ({ http_proxy: `http://${proxy}` }), 'refuses'),
  waiting(
    secure(
      'https_proxy that refuses',
      ({ proxy }) => ({ https_proxy: `http://${proxy}` }),
      'refuses',
    ),
  ),
  row(
    'http_proxy that wants a password',
    ({ proxy }) => ({ http_proxy: `http://${proxy}` }),
    'wants a password',
  ),
  waiting(
    secure(
      'https_proxy that wants a password',
      ({ proxy }) => ({ https_proxy: `http://${proxy}` }),
      'wants a password',
    ),
  ),
  row('http_proxy that breaks', ({ proxy }) => ({ http_proxy: `http://${proxy}` }), 'breaks'),
  waiting(
    secure(
      'https_proxy that breaks',
      ({ proxy }) => ({ https_proxy: `http://${proxy}` }),
      'breaks',
    ),
  ),
  ...['socks5h', 'socks5', 'socks4']
    .flatMap((scheme) => [
      row(
        `all_proxy of ${scheme}`,
        ({ proxy }) => ({ all_proxy: `${scheme}://${proxy}` }),
        'socks',
      ),
      waiting(
        secure(
          `all_proxy of ${scheme}`,
          ({ proxy }) => ({ all_proxy: `${scheme}://${proxy}` }),
          'socks',
        ),
      ),
    ])
    .map((one) => said('is a SOCKS proxy', one)),
  said(
    'is a SOCKS proxy',
    row(
      'all_proxy of socks5h with a name and password',
      ({ proxy }) => ({ all_proxy: `socks5h://ada:safe@${proxy}` }),
      'socks',
    ),
  ),
  ...[
    'model.test',
    '.test',
    'test',
    'odel.test',
    '*.test',
    '*',
    'MODEL.TEST',
    'other.test,model.test',
    ' other.test , model.test ',
    'other.test model.test',
    'model.test:1',
    '127.0.0.1',
    '127.0.0.0/8',
    '127.*',
    '::1',
    'localhost',
    '',
  ].map((value) =>
    row(`no_proxy=${value}`, ({ proxy }) => ({ http_proxy: `http://${proxy}`, no_proxy: value })),
  ),
  ...[
    '127.0.0.1',
    '127.0.0.0/8',
    '127.0.0.2',
    '127.',
    '10.0.0.0/8,127.0.0.0/31',
    '127.0.0.0/33',
    '*',
  ].map((value) => ({
    ...row(`NO_PROXY=${value} and an address`, ({ proxy }) => ({
      http_proxy: `http://${proxy}`,
      NO_PROXY: value,
    })),
    host: '127.0.0.1',
  })),
  {
    ...row('http_proxy and a name that only it knows', ({ proxy }) => ({
      http_proxy: `http://${proxy}`,
    })),
    baseUrl: unknownName,
  },
  {
    ...row(
      'socks5h and a name that only it knows',
      ({ proxy }) => ({ all_proxy: `socks5h://${proxy}` }),
      'socks',
    ),
    baseUrl: unknownName,
    says: 'is a SOCKS proxy',
  },
  {
    ...row('http_proxy and a socket', ({ proxy }) => ({ http_proxy: `http://${proxy}` })),
    ...SOCKET,
  },
  {
    ...secure('https_proxy and a socket', ({ proxy }) => ({ https_proxy: `http://${proxy}` })),
    ...SOCKET,
  },
  {
    ...secure(
      'socks5h and a socket',
      ({ proxy }) => ({ all_proxy: `socks5h://${proxy}` }),
      'socks',
    ),
    ...SOCKET,
  },
]

/** A row in which Tacho says that a proxy cannot be used. */
function said(says: string, one: Row): Row {
  return { ...one, says }
}

type Environment = Surrounding<Record<string, string>>

function row(what: string, environment: Environment, proxy: ProxyKind = 'http'): Row {
  return {
    title: `an http upstream and ${what}`,
    upstream: { replies: [SAYS_HELLO] },
    host: 'model.test',
    proxy,
    environment,
  }
}

function secure(what: string, environment: Environment, proxy: ProxyKind = 'http'): Row {
  return {
    title: `an https upstream and ${what}`,
    upstream: { replies: [SAYS_HELLO] },
    host: 'model.test',
    tls: {},
    proxy,
    environment: (addresses) => ({ CODEX_CA_CERTIFICATE: addresses.ca, ...environment(addresses) }),
  }
}

function unknownName({ upstream }: { upstream: string }): string {
  return `${upstream.replace('model.test', 'only-there.internal')}/v1`
}
