/**
 * Returns whether a secret was published by its issuer as an example for documentation and tests.
 * It is recognized by a hash, so that no scanner finds it here.
 */
export function isPublished(secret: Uint8Array): boolean {
  let one = 0x811c9dc5
  let two = 0x9747b28c
  for (const byte of secret) {
    one = Math.imul(one ^ byte, 0x01000193)
    two = Math.imul(two ^ byte, 0x5bd1e995)
    two ^= two >>> 15
  }
  return PUBLISHED.has((one >>> 0) * 0x100000 + (two >>> 12))
}

const PUBLISHED = new Set([
  // AWS: the secret key in the documentation of IAM.
  2434923447316668,
  // Azure: the storage emulator's account.
  3391738332748527,
  // Discord: the API reference, for a bot and for a user.
  4389049801766399, 3277151694242482,
  // dotenv: the password in a vault's URL.
  2458106799098800,
  // GitHub: the documentation of OAuth apps, three kinds.
  613402816167696, 4210041242610670, 4259342854953111,
  // JSON Web Tokens: jwt.io, without an administrator and with one; PyJWT; RFC 7519.
  506131868035803, 3557986052079284, 4499997523606863, 2495144237206247,
  // Passwords in HTTP: RFC 6749; RFC 7617, with a space and without, in two spellings.
  3813506672992621, 2203709076032507, 3932657555021677, 2705617904389383,
  // SendGrid: the API reference.
  3557161421024872,
  // Stripe: the API reference, now and in earlier years.
  4106876086547610, 511616025299108, 1942844533162482,
])
