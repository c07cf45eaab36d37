import type { Headers } from '@tacho/format'

/** The content codings (RFC 9110, 8.4.1) that are taken off a body for the record. */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])

/** What a message's headers say of how its body is coded. */
export type BodyCoding =
  | 'none'
  /** A name that says nothing to us. `none` and `utf-8` are in use, to keep proxies from buffering. */
  | 'unknown'
  /** In the order in which they were applied, and as they are named. */
  | { codings: Coding[]; name: string }

/** More than one is hardly ever seen, and each costs memory. */
const MOST_CODINGS = 4

/** Reads `Content-Encoding`, which can be there more than once, and name several. */
export function bodyCodingOf(headers: Headers): BodyCoding {
  const names = headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length === 0) return 'none'
  const codings = names.flatMap((name) => CODINGS.get(name) ?? [])
  if (codings.length < names.length || codings.length > MOST_CODINGS) return 'unknown'
  return { codings, name: names.join(', ') }
}
