/** What a hex digit stands for; -1 for any other character, here and below. */
export const HEX = new Int8Array(256).fill(-1)
/** What a base64 character stands for, in either alphabet. */
export const SIX_BITS = new Int8Array(256).fill(-1)
/** What a base32 character stands for. */
export const FIVE_BITS = new Int8Array(256).fill(-1)

for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  HEX[digit.charCodeAt(0)] = value
  HEX[digit.toUpperCase().charCodeAt(0)] = value
}
for (const [value, character] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries())
  SIX_BITS[character.charCodeAt(0)] = value
SIX_BITS[0x2d] = 62
SIX_BITS[0x5f] = 63
for (const [value, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'].entries())
  FIVE_BITS[character.charCodeAt(0)] = value
