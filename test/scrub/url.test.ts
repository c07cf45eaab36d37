import { createScrubber } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'

const scrubbed = (url: string) => createScrubber({ fingerprint: () => '7f3a' }).url(url)

describe('a secret in a URL is replaced at its place', () => {
  test.each([
    ['/v1beta/models?key=AIza', '/v1beta/models?key=[secret:key:7f3a]'],
    ['https://h/p?a=1&token=x&b=2', 'https://h/p?a=1&token=[secret:token:7f3a]&b=2'],
    ['/p?sig=a%2Fb%3D', '/p?sig=[secret:sig:7f3a]'],
    ['/p?CODE=x', '/p?CODE=[secret:code:7f3a]'],
    ['/p?Access_Token=x', '/p?Access_Token=[secret:access_token:7f3a]'],
    [
      '/p?api_key=x&api-key=y&apikey=z',
      '/p?api_key=[secret:api_key:7f3a]&api-key=[secret:api-key:7f3a]&apikey=[secret:apikey:7f3a]',
    ],
    [
      '/p?auth=x&session_token=y&X-Amz-Signature=z',
      '/p?auth=[secret:auth:7f3a]&session_token=[secret:session_token:7f3a]&X-Amz-Signature=[secret:x-amz-signature:7f3a]',
    ],
    [
      '/p?sessionToken=x&db.pwd=y',
      '/p?sessionToken=[secret:sessiontoken:7f3a]&db.pwd=[secret:db.pwd:7f3a]',
    ],
    ['/p?password=x&secret=y', '/p?password=[secret:password:7f3a]&secret=[secret:secret:7f3a]'],
    ['/p?%6Bey=x', '/p?%6Bey=[secret:key:7f3a]'],
    ['/p?key=a=b=c', '/p?key=[secret:key:7f3a]'],
    ['/p?key=a?b&x=1', '/p?key=[secret:key:7f3a]&x=1'],
    ['/p?key=%zz', '/p?key=[secret:key:7f3a]'],
    [
      'https://h/cb#access_token=x&state=y',
      'https://h/cb#access_token=[secret:access_token:7f3a]&state=y',
    ],
    ['https://ada:pw@h:1/p', 'https://ada:[secret:url-password:7f3a]@h:1/p'],
    ['https://ada:p@w:x@h/p?q=a@b', 'https://ada:[secret:url-password:7f3a]@h/p?q=a@b'],
    ['https://:pw@h', 'https://:[secret:url-password:7f3a]@h'],
    ['//ada:pw@h/', '//ada:[secret:url-password:7f3a]@h/'],
    ['https://sk_live_0123:@h/v1', 'https://[secret:url-user:7f3a]:@h/v1'],
    ['https://ghp_0123456789@h/r.git', 'https://[secret:url-user:7f3a]@h/r.git'],
  ])('%s', (url, wanted) => expect(scrubbed(url)).toBe(wanted))
})

describe('all else of a URL stays as it is spelled', () => {
  test.each([
    '',
    '/',
    '/v1/responses',
    '/v1/responses?',
    '/v1/models?limit=20&after=x&alt=sse',
    '/p?keyboard=de&tokens=5&codec=av1&monkey=1',
    '/p?max_tokens=100&mykey=not-listed',
    '/p?error_code=404&author=ada&session_id=s1&keyId=4',
    '/p?key&token=&x=%zz',
    '/token/key=1/code',
    'https://example.com:8443/a%2Fb?c=%C3%A4+b#d',
    'ssh://git@example.com/r.git',
    'https://example.com/@scope/package?x=a:b@c',
    'mailto:ada@example.com',
  ])('%s', (url) => expect(scrubbed(url)).toBe(url))
})
