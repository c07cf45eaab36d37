import { readFileSync } from 'node:fs'

/** The text of `test/fixtures/zstd`. */
export const LINES = Array.from({ length: 3000 }, (_, i) => `line ${(i * i) % 977} of façade\n`)
export const TEXT = Buffer.from(LINES.join(''))

/** The same in zstd: compressed at once with a checksum, or flushed now and then. */
export function zstdOf(name: 'lines' | 'lines-flushed'): Buffer {
  return readFileSync(new URL(`../../../fixtures/zstd/${name}.zst`, import.meta.url))
}
