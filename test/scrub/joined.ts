import type { Found, Scrubber } from '@tacho/scrub'

/** What a stream makes of a body that arrives in these chunks, joined. */
export function scrubChunks(
  scrubber: Scrubber,
  chunks: Iterable<Uint8Array>,
): { bytes: Uint8Array; found: Found[] } {
  const stream = scrubber.stream()
  const parts: Uint8Array[] = []
  const found: Found[] = []
  let length = 0
  const take = (swept: { bytes: Uint8Array; found: Found[] }): void => {
    for (const [at, size, rule] of swept.found) found.push([length + at, size, rule])
    // A stream may return the memory that it was given, so this copies the bytes before it is
    // reused.
    parts.push(new Uint8Array(swept.bytes))
    length += swept.bytes.length
  }
  for (const chunk of chunks) {
    const lent = Buffer.from(chunk)
    take(stream.push(lent))
    lent.fill(0x21)
  }
  take(stream.end())
  return { bytes: new Uint8Array(Buffer.concat(parts)), found }
}
