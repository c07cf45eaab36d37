/**
 * Returns whether a secret looks machine-made: `sk-proj-your-key-goes-here` and `ghp_xxxxxxxx` are
 * placeholders. This does not measure entropy, and only rejects obvious cases.
 */
export function looksRandom(secret: Uint8Array): boolean {
  const from = Math.max(0, secret.length - LOOKED_AT)
  let kinds = 0
  let distinct = 0
  let same = 0
  let before = -1
  round = (round + 1) | 0
  for (let at = from; at < secret.length; at += 1) {
    const byte = secret[at] ?? 0
    if (seen[byte] !== round) distinct += 1
    seen[byte] = round
    kinds |= KINDS[byte] ?? 0
    same = byte === before ? same + 1 : 0
    if (same === SAME) return false
    before = byte
  }
  const counted = (kinds & 1) + ((kinds >> 1) & 1) + ((kinds >> 2) & 1)
  return counted >= 2 && distinct >= Math.min(DISTINCT, Math.ceil((secret.length - from) / 3))
}

/** By byte, in which round it was seen last. */
const seen = new Int32Array(256)
let round = 0

/** Only the end is examined, because many begin alike. */
const LOOKED_AT = 40
const DISTINCT = 8
/** This many equal characters in a row stand for something left out. */
const SAME = 5

const KINDS = new Uint8Array(256)
for (let byte = 0x30; byte <= 0x39; byte += 1) KINDS[byte] = 1
for (let byte = 0x41; byte <= 0x5a; byte += 1) KINDS[byte] = 2
for (let byte = 0x61; byte <= 0x7a; byte += 1) KINDS[byte] = 4
