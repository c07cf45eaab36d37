import type { Headers } from '@tacho/format'

/** The content codings (RFC 9110, 8.4.1) that are decoded for the record. */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])

/** How a body is coded, according to the message's headers. */
export type BodyCoding =
  | 'none'
  /** An unknown name. `none` and `utf-8` are in use, to keep proxies from buffering. */
  | 'unknown'
  /** In the order in which they were applied, and as the headers name them. */
  | { codings: Coding[]; name: string }

/** More than one is rare, and each costs memory. */
const MOST_CODINGS = 4

/** Reads `Content-Encoding`, which can repeat and can list several codings. */
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
