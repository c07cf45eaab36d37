import { errorBody, head, JSON_TYPE, SAYS_HELLO, sized } from '../answers.js'
import type { Row } from '../row.js'
import type { Addresses, Reply, Step } from '../steps.js'

const STATUSES = [
  '301 Moved Permanently',
  '302 Found',
  '303 See Other',
  '307 Temporary Redirect',
  '308 Permanent Redirect',
]

const PLACES: readonly [place: string, address: (addresses: Addresses) => string][] = [
  ['to a path', () => '/v2/responses'],
  ['to another path of the same origin', ({ upstream }) => `${upstream}/v2/responses`],
  ['to another origin', ({ elsewhere }) => `${elsewhere}/v2/responses`],
]

/** Redirects of every status to every kind of destination. */
export const redirects: readonly Row[] = [
  ...PLACES.flatMap(([place, address]) =>
    STATUSES.map((status) => row(`${status} ${place}`, to(status, address))),
  ),
  row(
    '307 to a path with a query',
    to('307 Odd', () => '/v2/responses?a=1&b=%20#part'),
  ),
  row(
    '307 to a relative path',
    to('307 Odd', () => 'other/responses'),
  ),
  row(
    '307 to the folder above',
    to('307 Odd', () => '../v2/responses'),
  ),
  row(
    '307 to a query only',
    to('307 Odd', () => '?again=1'),
  ),
  row(
    '307 to another origin without a scheme',
    to('307 Odd', ({ elsewhere }) => `${elsewhere.replace('http:', '')}/v1/responses`),
  ),
  row(
    '307 to another name of the same place',
    to('307 Odd', ({ upstream }) => `${upstream.replace('127.0.0.1', 'localhost')}/v1/responses`),
  ),
  row(
    '307 to the root',
    to('307 Odd', () => '/'),
  ),
  row(
    '307 to another origin that refuses',
    to('307 Odd', () => 'http://127.0.0.1:1/v1/responses'),
  ),
  row(
    '307 to a name that nobody has',
    to('307 Odd', () => 'http://nobody.invalid/v1/responses'),
  ),
  row(
    '307 to another scheme',
    to('307 Odd', () => 'ftp://127.0.0.1/v1/responses'),
  ),
  row(
    '307 to what is not a URL',
    to('307 Odd', () => 'http://[odd'),
  ),
  row(
    '307 to a place beyond ASCII',
    to('307 Odd', () => '/v2/Grüße/responses'),
  ),
  row(
    '307 to an empty place',
    to('307 Odd', () => ''),
  ),
  row('307 without a place', head('307 Odd', 'content-length: 0')),
  row(
    '307 with a user in its place',
    to('307 Odd', ({ elsewhere }) => `${elsewhere.replace('//', '//ada:secret@')}/v1/responses`),
  ),
  row('307 in upper case', (_, { upstream }) =>
    head('307 Odd', `LOCATION: ${upstream}/v2/responses`, 'content-length: 0'),
  ),
  row(
    '307 twice',
    to('307 Odd', () => '/v2/responses'),
    to('307 Odd', () => '/v3/responses'),
  ),
  row(
    '307 to another origin and back',
    to('307 Odd', ({ elsewhere }) => `${elsewhere}/back/responses`),
  ),
  row(
    '300 with a place',
    to('300 Multiple Choices', () => '/v2/responses'),
  ),
  row(
    '305 with a place',
    to('305 Use Proxy', () => '/v2/responses'),
  ),
  row('200 with a place', sized('200 OK', '', 'location: /v2/responses')),
  row(
    '201 with a place',
    sized('201 Created', errorBody('It is there.'), JSON_TYPE, 'location: /v2/responses'),
  ),
  {
    title: 'the answer is 307 without end',
    upstream: { replies: [[to('307 Odd', () => '/v1/responses')]] },
  },
  {
    title: 'the answer is 307 with a body',
    upstream: { replies: [[sized('307 Odd', 'Go there.', 'location: /v2/responses')], SAYS_HELLO] },
  },
]

function row(what: string, ...steps: Step[]): Row {
  const replies: Reply[] = [...steps.map((step) => [step]), SAYS_HELLO]
  return {
    title: `the answer is ${what}`,
    upstream: { replies },
    elsewhere: {
      replies: /and back/.test(what)
        ? [[to('307 Odd', ({ upstream }) => `${upstream}/v1/responses`)]]
        : [SAYS_HELLO],
    },
  }
}

function to(status: string, place: (addresses: Addresses) => string): Step {
  return (_, addresses) => head(status, `location: ${place(addresses)}`, 'content-length: 0')
}
