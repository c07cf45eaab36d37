/**
 * Returns whether a text can be searched for as a secret without matching innocent text: an
 * environment variable whose name promises a secret may hold `function`, `/run/secrets/token` or
 * `access_token`, and each would then be replaced in every body.
 */
export function isWorthSearching(secret: string, shortest: number): boolean {
  if (secret.length < shortest) return false
  if (new Set(secret).size < DISTINCT) return false
  if (/^\d+$/.test(secret)) return secret.length >= LONG_NUMBER
  if (PLAIN_URL.test(secret)) return false
  if (!NAME.test(secret)) return true
  const parts = secret.split(/[^A-Za-z0-9]+/).filter((part) => part !== '')
  // One word, or a name of a few words. A sentence is what a person would remember.
  if (parts.length === 1)
    return !/^[A-Za-z]+$/.test(secret) || !isWordLike(secret) || secret.length >= LONG_WORD
  if (!parts.every(isWordLike)) return true
  if (PATH.test(secret)) return false
  return /\s/.test(secret) || parts.length > FEW_WORDS || secret.length >= LONG_NAME
}

/** Any image in base64 has more different characters than this. */
const DISTINCT = 4
const LONG_NUMBER = 16
const LONG_WORD = 20
const FEW_WORDS = 3
const LONG_NAME = 20

/** Letters and digits, and what joins them in names, paths and sentences. */
const NAME = /^[A-Za-z0-9 _./:~@-]+$/

const PATH = /^(?:~|\.{1,2})?\/|^[A-Za-z]:[\\/]/

/** Without a user, a password or a query. */
const PLAIN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^@?#]*$/i

/**
 * Returns whether it could be in a dictionary, or is a number of few digits: `token`, `Token`,
 * `TOKEN`, `getToken`, `v2`.
 */
function isWordLike(part: string): boolean {
  if (/^\d{1,4}$/.test(part)) return true
  return /^(?:[A-Z]?[a-z]{1,14}){1,4}\d{0,2}$|^[A-Z]{1,14}\d{0,2}$/.test(part) && hasVowels(part)
}

// A machine picks all 26 letters equally often; of those that people use, 4 in 10 are vowels.
function hasVowels(part: string): boolean {
  if (part.length < 6) return true
  const vowels = part.replace(/[^aeiouy]/gi, '').length
  return vowels / part.length > 0.22
}
