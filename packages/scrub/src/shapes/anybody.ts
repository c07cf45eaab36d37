import { looksRandom } from './looks-random.js'
import type { Shape } from './shape.js'

const USER = '[\\w.~!&*+,;=-]{0,100}'
const PASSWORD = '[\\w.~!&*+,;=:#^?%-]'
const letters = Array.from('abcdefghijklmnopqrstuvwxyz')

/** Secrets that anybody can issue, known by their form or by the word before them. */
export const anybody: readonly Shape[] = [
  // `eyJ` is `{"` in base64; the second part of a signed token is such an object, too.
  {
    name: 'jwt',
    patterns: ['eyJ[\\w-]{10,4000}\\.eyJ[\\w-]{10,8000}\\.[\\w-]{16,1000}'],
    isAnywhere: true,
  },
  {
    name: 'bearer',
    patterns: ['Bearer', 'bearer', 'BEARER'].map((word) => `${word} {1,4}([\\w.~+/=-]{16,4000})`),
    accepts: (secret) => looksRandom(secret) && !isSentence(secret),
  },
  {
    name: 'basic',
    patterns: ['Basic', 'basic', 'BASIC'].map((word) => `${word} {1,4}([A-Za-z0-9+/=_-]{12,1000})`),
    accepts: isPair,
  },
  {
    name: 'api-key-header',
    patterns: ['x-api-key', 'X-Api-Key', 'X-API-Key', 'X-API-KEY', 'x-goog-api-key'].map(
      (name) => `${name}["']?: {0,2}["']?([\\w.~+/=-]{16,1000})`,
    ),
  },
  {
    name: 'url-password',
    // In it, an `@` of the password is written `%40`.
    patterns: letters.flatMap((letter) => [
      `${letter}://${USER}:(${PASSWORD}{5,200})@\\w`,
      `${letter}://${USER}:(${PASSWORD}{1,200}@${PASSWORD}{3,200})@\\w`,
    ]),
    isAnywhere: true,
    accepts: isPassword,
  },
]

/**
 * Returns whether it is the end of a sentence, `the bearer token.`, together with the start of the
 * next line.
 */
function isSentence(secret: Uint8Array): boolean {
  return /^[a-z]{2,14}\.[A-Za-z_-]+$/.test(String.fromCharCode(...secret.subarray(0, SENTENCE)))
}

const SENTENCE = 100

/** Returns whether it is the base64 of a user name and a password. */
function isPair(base64: Uint8Array): boolean {
  try {
    const text = atob(
      String.fromCharCode(...base64)
        .replaceAll('-', '+')
        .replaceAll('_', '/'),
    )
    return /^[\x20-\x7e]+$/.test(text) && /^[^:]+:./.test(text)
  } catch {
    return false
  }
}

const PLACEHOLDERS =
  /^(?:pserver:anoncvs|pass|passwd|password|pwd|secret|token|user|admin|foo|bar|test|example)\w{0,4}$/i

// Documentation says `user:password@host`.
function isPassword(secret: Uint8Array): boolean {
  const text = String.fromCharCode(...secret)
  if (PLACEHOLDERS.test(text)) return false
  return text.length >= 16 || looksRandom(secret) || /[^A-Za-z]/.test(text)
}
