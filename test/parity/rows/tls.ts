import { HELLO, head, SAYS_HELLO, SSE } from '../answers.js'
import { type Row, WITH_SOCKETS, waiting } from '../row.js'
import { deflated, HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'
import { DROP, END, type Plan, RESET } from '../steps.js'

const SAYS: Plan = { replies: [SAYS_HELLO] }

/** Every version of TLS, and every fault of a certificate. */
export const tls: readonly Row[] = [
  row("of the agent's own variable", {}),
  row('of SSL_CERT_FILE', { environment: ({ ca }) => ({ SSL_CERT_FILE: ca }) }),
  waiting(row('of nobody the agent knows', { environment: () => ({}) })),
  row('of both variables', {
    environment: ({ ca }) => ({
      CODEX_CA_CERTIFICATE: ca,
      SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
    }),
  }),
  waiting(
    row('of a file that is not there', {
      environment: () => ({ CODEX_CA_CERTIFICATE: '/nowhere/ca.pem' }),
      says: 'CODEX_CA_CERTIFICATE cannot be used',
    }),
  ),
  waiting(
    row('of a file without certificates', {
      environment: () => ({ CODEX_CA_CERTIFICATE: '/etc/hostname' }),
      says: 'CODEX_CA_CERTIFICATE cannot be used',
    }),
  ),
  waiting(row('of an empty variable', { environment: () => ({ CODEX_CA_CERTIFICATE: '' }) })),
  waiting(row('for another name', { tls: { certificate: 'other name' } })),
  waiting(row('that is over', { tls: { certificate: 'expired' } })),
  waiting(row('that has not begun', { tls: { certificate: 'not yet' } })),
  waiting(row('for clients only', { tls: { certificate: 'for clients' } })),
  row('of RSA', { tls: { certificate: 'rsa' } }),
  row('for an address', { host: undefined }),
  row('and TLS 1.2', { tls: { options: { maxVersion: 'TLSv1.2' } } }),
  row('and TLS 1.3', { tls: { options: { minVersion: 'TLSv1.3' } } }),
  waiting(
    row('and TLS 1.1 only', {
      tls: {
        options: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      },
    }),
  ),
  row('and one cipher', {
    tls: { options: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' } },
  }),
  waiting(
    row('and a cipher that nobody takes any more', {
      tls: {
        certificate: 'rsa',
        options: { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA@SECLEVEL=0' },
      },
    }),
  ),
  row('and a client certificate wanted', { tls: { wantsClient: true } }),
  waiting(
    row('and a client certificate wanted, TLS 1.2', {
      tls: { wantsClient: true, options: { maxVersion: 'TLSv1.2' } },
    }),
  ),
  row('and http/1.1 agreed on', { tls: { options: { ALPNProtocols: ['http/1.1'] } } }),
  row('and a close without a word behind the answer', {
    upstream: { replies: [[...SAYS_HELLO, DROP]] },
  }),
  row('and a close without a word in an answer up to the end', {
    upstream: { replies: [[head('200 OK', SSE), HELLO, DROP]] },
  }),
  row('and an answer up to the end', {
    upstream: { replies: [[head('200 OK', SSE), HELLO, END]] },
  }),
  row('and a close without a word behind the request', { upstream: { replies: [[DROP]] } }),
  row('and a reset behind the request', { upstream: { replies: [[RESET]] } }),
  ...[
    row('and an end when it is made', { upstream: { atConnect: [[END]], replies: [SAYS_HELLO] } }),
    row('and a reset when it is made', {
      upstream: { atConnect: [[RESET]], replies: [SAYS_HELLO] },
    }),
    row('and words that are no TLS', {
      upstream: { atConnect: [['HTTP/1.1 400 Bad Request\r\n\r\n', END]], replies: [SAYS_HELLO] },
    }),
    row('and an alert', {
      upstream: { atConnect: [[Buffer.of(0x15, 3, 3, 0, 2, 2, 40), END]], replies: [SAYS_HELLO] },
    }),
  ].map((one): Row => {
    const reason = 'the tap connects ahead: what happens once may have happened to it'
    return { ...one, notCompared: [{ what: 'stderr', reason }] }
  }),
  row('and a slow handshake', {
    upstream: { atConnect: [[{ pause: 400 }]], replies: [SAYS_HELLO] },
  }),
  row('and a socket', socket(warmSocket(plain(HELLO_MESSAGES)))),
  row('and a deflated socket', socket(deflatedSocket())),
  {
    ...row(
      'and a socket that is dropped',
      socket(warmSocket([plain(HELLO_MESSAGES)[0] ?? '', DROP])),
    ),
    notCompared: [
      { what: 'stderr', reason: 'between the agent and the tap there is no TLS to miss' },
    ],
  },
  waiting({
    title: 'an https URL leads to a port without TLS',
    upstream: { atConnect: [['HTTP/1.1 400 Bad Request\r\n\r\n', END]], replies: [SAYS_HELLO] },
    baseUrl: ({ upstream }) => `${upstream.replace('http:', 'https:')}/v1`,
  }),
  {
    title: 'an http URL leads to a port with TLS',
    upstream: SAYS,
    tls: {},
    baseUrl: ({ upstream }) => `${upstream.replace('https:', 'http:')}/v1`,
  },
]

function row(what: string, more: Partial<Omit<Row, 'host'>> & { host?: undefined }): Row {
  const { host: _, ...others } = more
  return {
    title: `the upstream has a certificate ${what}`,
    upstream: SAYS,
    tls: {},
    ...('host' in more ? {} : { host: 'model.test' }),
    environment: ({ ca }) => ({ CODEX_CA_CERTIFICATE: ca }),
    ...others,
  }
}

function socket(upgrade: Plan['replies'][number]): Partial<Row> & { host?: undefined } {
  return { upstream: { replies: [SAYS_HELLO], upgrades: [upgrade] }, provider: WITH_SOCKETS }
}

function deflatedSocket() {
  const framing = deflated('together')
  return [...warmSocket([], 'permessage-deflate', framing), ...framing(HELLO_MESSAGES)]
}
