import {
  type Found,
  markerOfLength,
  type Scrubbed,
  type ScrubbedBytes,
  type Scrubber,
  type ScrubStream,
  type Swept,
} from '@tacho/scrub'

/**
 * A mail address in its usual form; bounded, so that a long row of letters costs no more than
 * others. In JSON and URLs the `@` can be escaped.
 */
const ADDRESS = /[\w.+-]{1,64}(?:@|%40|\\u0040)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g

/** Makes a scrubber that also replaces mail addresses, under the rule `mail`. */
export function withoutMail(
  scrubber: Scrubber,
  fingerprint: (address: string) => string,
): Scrubber {
  const text = (one: string): Scrubbed =>
    scrubber.text(one).replace(ADDRESS, (found) => mark(found, fingerprint)) as Scrubbed
  const sweep = (swept: Swept): Swept => sweepMail(swept, fingerprint)
  return {
    get faults() {
      return scrubber.faults
    },
    learn: (secret, rule, learning) => scrubber.learn(secret, rule, learning),
    headers: (headers, isStrangers) =>
      scrubber.headers(headers, isStrangers).map(([name, value]) => [name, text(value)]),
    url: (url) => text(scrubber.url(url)),
    bytes: (body) => sweep(scrubber.bytes(body)),
    stream: () => wholeStream(scrubber.stream(), sweep),
    answer: () => wholeStream(scrubber.answer(), sweep),
    text,
    all: (value) => scrubber.all(value),
  }
}

/** An address can span many chunks, so this waits for the whole body. */
function wholeStream(stream: ScrubStream, sweep: (swept: Swept) => Swept): ScrubStream {
  const parts: Uint8Array[] = []
  const found: Found[] = []
  let length = 0
  const take = (swept: Swept): void => {
    for (const [at, size, rule] of swept.found) found.push([length + at, size, rule])
    parts.push(Uint8Array.from(swept.bytes))
    length += swept.bytes.length
  }
  return {
    push(chunk) {
      take(stream.push(chunk))
      return { bytes: new Uint8Array(0) as ScrubbedBytes, found: [] }
    },
    end() {
      take(stream.end())
      return sweep({ bytes: Buffer.concat(parts) as Uint8Array as ScrubbedBytes, found })
    },
  }
}

function sweepMail(swept: Swept, fingerprint: (address: string) => string): Swept {
  // One character per byte, so that offsets are the same.
  const text = Buffer.from(swept.bytes.buffer, swept.bytes.byteOffset, swept.bytes.length).toString(
    'latin1',
  )
  const found = [...swept.found]
  let bytes: Uint8Array = swept.bytes
  for (const { index, 0: address } of text.matchAll(ADDRESS)) {
    if (bytes === swept.bytes) bytes = Uint8Array.from(bytes)
    bytes.set(Buffer.from(mark(address, fingerprint)), index)
    found.push([index, address.length, 'mail'])
  }
  if (bytes === swept.bytes) return swept
  return { bytes: bytes as ScrubbedBytes, found: found.sort(([one], [other]) => one - other) }
}

function mark(address: string, fingerprint: (address: string) => string): string {
  return markerOfLength({ rule: 'mail', fingerprint: fingerprint(address) }, address.length)
}
