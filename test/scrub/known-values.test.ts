import { createScrubber, type Headers, type Scrubber } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'
import { scrubChunks } from './joined.js'
import { spellingsOf } from './spellings.js'

const header = (name: string, value: string) => (scrubber: Scrubber) =>
  void scrubber.headers([[name, value]])

/** How a secret becomes known, the secret, and the rule that then finds it. */
const lessons: [how: string, secret: string, rule: string, learn: (scrubber: Scrubber) => void][] =
  [
    'sk-ant-api03-Zk3_9dQxTtC-7vLwPb',
    'twelve chars',
    'p$w(rd)*"quoted"[a-z]+\n\ttab',
    'back\\slash\\n \\"and\\u0041/slash',
    'pässwörd-日本語-😀-end',
    '<script>&a=b?c#d;e:f@g,h</script>',
    'aaaaaaaaaaaaaaaa',
  ].map((secret) => [
    'an environment variable',
    secret,
    'api_key',
    (scrubber: Scrubber) => scrubber.learn(secret, 'API_KEY', { isCertain: true }),
  ])
lessons.push(
  [
    'a bearer token',
    'eyJhbGciOi.eyJzdWIi.SflKxw',
    'authorization',
    header('Authorization', 'Bearer eyJhbGciOi.eyJzdWIi.SflKxw'),
  ],
  ['a short bearer token', 'hunter22', 'authorization', header('authorization', 'bearer hunter22')],
  ['an API key', 'key+with/slash==', 'x-api-key', header('X-Api-Key', 'key+with/slash==')],
  [
    'a Basic password',
    'päss:wörd word',
    'authorization',
    header('authorization', `Basic ${Buffer.from('ada:päss:wörd word').toString('base64')}`),
  ],
  [
    'a Basic pair',
    'ada:lovelace1815',
    'proxy-authorization',
    header('proxy-authorization', `Basic ${Buffer.from('ada:lovelace1815').toString('base64')}`),
  ],
  [
    'a Basic user name without a password',
    'sk_live_4eC39HqL',
    'authorization',
    header('authorization', `Basic ${Buffer.from('sk_live_4eC39HqL:').toString('base64')}`),
  ],
  [
    'a cookie',
    'value-of-a-session',
    'cookie',
    header('cookie', 'lang=en; sid=value-of-a-session; theme=dark'),
  ],
  [
    'a percent-encoded cookie',
    'value of/a session',
    'set-cookie',
    header('set-cookie', 'sid="value%20of%2Fa%20session"; Path=/; HttpOnly'),
  ],
  [
    'a query value',
    'AIzaSy+blank space',
    'key',
    (scrubber) => void scrubber.url('/v1/models?alt=sse&key=AIzaSy%2Bblank+space'),
  ],
  [
    'a password in a URL',
    'correct@horse/battery',
    'url-password',
    (scrubber) => void scrubber.url('https://ada:correct@horse%2Fbattery@example.com/'),
  ],
)

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe.each(lessons)('%s, %j', (_how, secret, rule, learn) => {
  const scrubber = createScrubber({ fingerprint })
  learn(scrubber)

  test.each([
    ['base64 of JSON', (text: string) => base64(JSON.stringify({ key: text }))],
    ['base64 of a URL', (text: string) => base64(`/?q=${encodeURIComponent(text)}&x`)],
    ['base64 in base64', (text: string) => base64(`k=${base64(`${text}\n`)}`)],
    ['hex of base64', (text: string) => Buffer.from(base64(`x ${text} y`)).toString('hex')],
    ['base64 of UTF-16', (text: string) => Buffer.from(text, 'utf16le').toString('base64')],
  ])('is found in %s', (what, spell) => {
    // In UTF-16, only ASCII on one line; and nothing for a short secret.
    if (secret.length < 12 || (/UTF/.test(what) && /[^ -~]|\\/.test(secret))) return
    const { found } = scrubber.bytes(Buffer.from(` ${spell(secret)} `))
    expect(found).toEqual([[expect.any(Number), expect.any(Number), rule]])
  })

  test.each(spellingsOf(secret))('is found $name', ({ before, hidden, after }) => {
    const whole = before + hidden + after
    const body = Buffer.from(whole)
    const place = [Buffer.byteLength(before), Buffer.byteLength(hidden), rule]

    const { bytes, found } = scrubber.bytes(body)
    const text = Buffer.from(bytes).toString()

    expect(found).toEqual([place])
    expect(bytes).toHaveLength(body.length)
    expect(text.startsWith(before)).toBe(true)
    expect(text.endsWith(after)).toBe(true)
    expect(text.slice(before.length, text.length - after.length)).toMatch(
      new RegExp(`^\\[s(ecret)?:(${rule}:)?${fingerprint(secret)}\\.*\\]$`),
    )
    expect(scrubber.text(whole)).toBe(text)
    expect(scrubber.url(`/v1/${whole}`)).toBe(`/v1/${text}`)
    expect(scrubber.headers([['X-Request-Id', whole]])).toEqual([['X-Request-Id', text]])

    for (let at = 0; at <= body.length; at += 1) {
      const chunks = [body.subarray(0, at), body.subarray(at)]
      expect(scrubChunks(scrubber, chunks), `split at ${at}`).toEqual({
        bytes: new Uint8Array(bytes),
        found,
      })
    }
    const singles = Array.from(body, (byte) => Uint8Array.of(byte))
    expect(scrubChunks(scrubber, singles)).toEqual({ bytes: new Uint8Array(bytes), found })
  })
})

describe('what is no known secret stays', () => {
  const secret = 'sk-ant-api03-Zk3_9dQxTtC-7vLwPb'
  const scrubber = createScrubber({ fingerprint })
  scrubber.learn(secret, 'API_KEY')
  scrubber.learn('elevenchars', 'SHORT_PASS')
  scrubber.learn('', 'EMPTY_TOKEN')
  const headers: Headers = [
    ['authorization', 'Bearer sevench'],
    ['cookie', 'consent=accepted; theme=light'],
    ['x-custom', 'application/json'],
  ]
  scrubber.headers(headers)

  test.each([
    ['a secret of 11 characters', 'elevenchars'],
    ['a credential of 7 characters', 'sevench'],
    ['a short cookie', 'accepted'],
    ['the value of a header that nobody knows', 'application/json'],
    ['a secret but for its first character', secret.slice(1)],
    ['a secret but for its last character', `${secret.slice(0, -1)}.`],
    ['a secret with one other character', secret.replace('9', '8')],
    ['a secret in upper case', secret.toUpperCase()],
    ['a secret backwards', [...secret].reverse().join('')],
    ['the beginning of a secret at the end, twice', `${secret.slice(0, 15)}${secret.slice(0, 15)}`],
    ['nothing', ''],
  ])('%s', (_what, text) => {
    const body = Buffer.from(text)
    expect(scrubber.bytes(body)).toEqual({ bytes: body, found: [] })
    expect(scrubber.bytes(body).bytes).toBe(body)
    expect(scrubber.text(text)).toBe(text)
    for (let at = 0; at <= body.length; at += 1) {
      const chunks = [body.subarray(0, at), body.subarray(at)]
      expect(scrubChunks(scrubber, chunks)).toEqual({ bytes: new Uint8Array(body), found: [] })
    }
  })

  test('a text with half of a surrogate pair is the same afterwards', () => {
    expect(scrubber.text('\ud83d alone')).toBe('\ud83d alone')
  })

  test('bytes that are no UTF-8 stay around a secret', () => {
    const body = Buffer.concat([Buffer.of(0xff, 0xfe, 0), Buffer.from(secret), Buffer.of(0xc3)])
    const { bytes } = scrubber.bytes(body)
    expect([...bytes.subarray(0, 3), ...bytes.subarray(-1)]).toEqual([0xff, 0xfe, 0, 0xc3])
  })
})

test('a marker says as much as there is room for', () => {
  const scrubber = createScrubber({ fingerprint: () => '7f3a' })
  scrubber.headers([
    ['authorization', 'Bearer 1234567x'],
    ['x-api-key', '123456789012x'],
  ])
  scrubber.learn('0123456789012345678901234567', 'TOKEN')
  scrubber.learn('a secret of 19 char', 'token')
  scrubber.learn('a secret of 18 cha', 'token')
  expect(scrubber.text('1234567x')).toBe('[s:7f3a]')
  expect(scrubber.text('123456789012x')).toBe('[secret:7f3a]')
  expect(scrubber.text('a secret of 18 cha')).toBe('[secret:7f3a.....]')
  expect(scrubber.text('a secret of 19 char')).toBe('[secret:token:7f3a]')
  expect(scrubber.text('0123456789012345678901234567')).toBe('[secret:token:7f3a.........]')
})

test('a rule that comes from outside puts nothing but a word into a marker', () => {
  const scrubber = createScrubber({ fingerprint: () => '7f3a' })
  scrubber.learn('a secret that is long enough for all', 'x\x1b[31m\n]é')
  expect(scrubber.text('a secret that is long enough for all')).toBe(
    '[secret:x--31m---:7f3a.............]',
  )
})

test('new cookies drive out old ones, and no credential', () => {
  const scrubber = createScrubber({ fingerprint })
  scrubber.learn('the key of the environment', 'KEY')
  scrubber.headers([['authorization', 'Bearer 8fKq2-in-use']])
  const cookie = (number: number) => `8fKq2xTz-number-${String(number).padStart(4, '0')}`
  for (let number = 0; number < 110; number += 1)
    scrubber.headers([['cookie', `sid=${cookie(number)}`]])
  const isKnown = (text: string) => scrubber.text(text) !== text
  expect(isKnown('the key of the environment')).toBe(true)
  expect(isKnown('8fKq2-in-use')).toBe(true)
  expect(isKnown(cookie(9))).toBe(false)
  expect(isKnown(cookie(10))).toBe(true)
  expect(isKnown(cookie(109))).toBe(true)
})

test('a stranger teaches nothing: what an answer calls a secret is replaced there alone', () => {
  const scrubber = createScrubber({ fingerprint })
  const cookie = '8fKq2xTz-a-cookie-of-the-answer'
  const headers = scrubber.headers([['set-cookie', `sid=${cookie}; Path=/`]], true)
  expect(headers).toEqual([
    ['set-cookie', `sid=[secret:set-cookie:${fingerprint(cookie)}]; Path=/`],
  ])
  expect(scrubber.text(cookie)).toBe(cookie)
})

describe('what is learnt is weighed: nothing that stands in any text is searched for', () => {
  test.each([
    ['function'],
    ['application'],
    ['development'],
    ['access_token'],
    ['client-secret'],
    ['/run/secrets/database/password'],
    ['/home/ada/.config/agent/key.pem'],
    ['https://api.openai.com/v1'],
    ['claude-sonnet-4'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['123456789012345'],
  ])('%s', (word) => {
    const scrubber = createScrubber({ fingerprint })
    scrubber.learn(word, 'TOKEN')
    scrubber.headers([['authorization', `Bearer ${word}`]])
    expect(scrubber.text(`a ${word}.`)).toBe(`a ${word}.`)
  })
})

test.each([
  ['/Zk39dQxTtC7vLwPbUe5mA=='],
  ['/+8h2JkLmN0pQrStUvWxYz12'],
  ['correct horse battery staple'],
  ['correct-horse-battery-staple'],
  ['hunter2hunter2'],
  ['Tr0ub4dor&3xyz'],
  ['qwrtzpsdfgklmnbvc'],
])('%s is searched for', (secret) => {
  const scrubber = createScrubber({ fingerprint })
  scrubber.learn(secret, 'TOKEN')
  expect(scrubber.text(`a ${secret}.`)).toMatch(/^a \[secret:.*\]\.$/)
})

test('however many are learnt one by one, each is found from then on, and those before it are', () => {
  const scrubber = createScrubber({ fingerprint })
  const secretOf = (number: number) => `Zk39dQx${number}TtC7vLw${number}PbUe5`
  const texts: string[] = []
  for (let number = 0; number < 30; number += 1) {
    const secret = secretOf(number)
    scrubber.learn(secret, 'token')
    texts.push(`x ${secret} y ${Buffer.from(secret).toString('base64')}`)
    const scrubbed = scrubber.text(texts.join('\n'))
    expect(scrubbed.match(/\[secret:token/g), `${number}`).toHaveLength(2 * texts.length)
  }
  // One cut off at the end, among those learnt last and first.
  for (const number of [0, 29])
    expect(scrubber.text(`x ${secretOf(number).slice(0, -3)}`)).toContain('[s')
})
