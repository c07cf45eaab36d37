/** A set of bytes, and how many of them in a row. */
export type Part = {
  of: Uint8Array
  /** The same for all parts with the same bytes, which share what is known. */
  set: number
  least: number
  most: number
}

/** A parsed pattern of a secret: its anchor, what follows, and which part is secret. */
export type ShapePattern = {
  anchor: Uint8Array
  /** What follows the anchor. */
  parts: readonly Part[]
  /** Where the secret begins: this many bytes after the start of the anchor, or at a part. */
  secretFrom: { byte: number } | { part: number }
  /** The part before which it ends. */
  secretTo: number
  /** The most bytes that it can have. */
  longest: number
  /** Whether it is no match if the first part after the anchor continues beyond its maximum. */
  isBounded: boolean
  /** A byte that must come later; -1 if none is certain. */
  needs: number
}

/** Up to this length, scanning a part is faster than looking it up. */
export const SHORT = 8

/** Why a pattern is rejected. */
export class WrongPattern extends Error {
  override readonly name = 'WrongPattern'
  readonly code = 'wrong-pattern'
}

/**
 * Parses a pattern: characters, `[classes]`, `\d`, `\w`, each with `{n}`, `{n,m}` or `?`, and one
 * pair of parentheses around the secret, unless it is the whole match. It must begin with at least
 * three fixed characters. Other features of regular expressions (alternatives, `*` and `+`,
 * look-around) are not supported, so that no pattern examines a byte twice.
 *
 * @throws WrongPattern that says what is wrong.
 */
export function readPattern(source: string): ShapePattern {
  const reader = new Reader(source)
  reader.read()
  const { parts } = reader
  const anchor: number[] = []
  for (const { of, least, most } of parts) {
    const only = onlyByte(of)
    if (only === undefined || least !== most) break
    for (let count = 0; count < least; count += 1) anchor.push(only)
  }
  const fixed = parts.findIndex(
    ({ of, least, most }) => onlyByte(of) === undefined || least !== most,
  )
  const anchorParts = fixed < 0 ? parts.length : fixed
  if (anchor.length < SHORTEST_ANCHOR)
    throw new WrongPattern(`it must begin with ${SHORTEST_ANCHOR} fixed characters or more`)
  if (fixed < 0) throw new WrongPattern('it has only fixed characters')
  const longest = parts.reduce((sum, { most }) => sum + most, 0)
  if (longest > LONGEST_PATTERN)
    throw new WrongPattern(
      `it can be ${longest} characters long, of ${LONGEST_PATTERN} at the most`,
    )
  requireOneWay(parts)
  const from = reader.secretFrom ?? 0
  const before = parts.slice(0, from).reduce((sum, { most }) => sum + most, 0)
  const behind = parts.slice(anchorParts)
  const secretTo = (reader.secretTo ?? parts.length) - anchorParts
  return {
    anchor: Uint8Array.from(anchor),
    parts: behind,
    secretFrom: from < anchorParts ? { byte: before } : { part: from - anchorParts },
    secretTo,
    longest,
    isBounded: isBounded(behind, secretTo),
    needs: needed(behind),
  }
}

function isBounded([first, second]: readonly Part[], secretTo: number): boolean {
  if (first === undefined || first.most < SHORT) return false
  // What follows a part of variable length must not be one of its characters.
  return second === undefined ? secretTo === 1 : second.least > 0 && first.least !== first.most
}

function needed(parts: readonly Part[]): number {
  for (const { of, least } of parts.slice(1).reverse()) {
    const only = onlyByte(of)
    if (least > 0 && only !== undefined) return only
  }
  return -1
}

/**
 * Returns what a pattern begins with, without parsing all of it, because most are never needed; and
 * what can follow a short anchor, for which that matters; undefined if that part may be absent.
 */
export function beginningOf(source: string): { anchor: Uint8Array; next: Uint8Array | undefined } {
  const plain = PLAIN_BEGINNING.exec(source)?.[0]
  if (plain !== undefined) return { anchor: bytesOf(plain), next: undefined }
  const reader = new Reader(source)
  const anchor: number[] = []
  for (;;) {
    const part = reader.nextPart()
    if (part === undefined) return { anchor: Uint8Array.from(anchor), next: undefined }
    const only = part.least === part.most ? onlyByte(part.of) : undefined
    if (only === undefined)
      return { anchor: Uint8Array.from(anchor), next: part.least > 0 ? part.of : undefined }
    for (let count = 0; count < part.least; count += 1) anchor.push(only)
  }
}

/**
 * How most patterns begin: a longer anchor of plain characters, and a part that clearly does not
 * belong to it.
 */
const PLAIN_BEGINNING = /^[^\\[\](){}?|*+^$.]{4,}(?=\[(?:A-Z|a-z|0-9|\\[dw])|\\[dw])/

const SHORTEST_ANCHOR = 3
const LONGEST_PATTERN = 16 * 1024

// If a byte could belong to both, finding where one ends would need backtracking.
function requireOneWay(parts: readonly Part[]): void {
  for (const [index, part] of parts.entries()) {
    if (part.least === part.most) continue
    for (const next of parts.slice(index + 1)) {
      if (next.of.some((is, byte) => is === 1 && part.of[byte] === 1))
        throw new WrongPattern(
          'a part that can be longer or shorter is followed by a character that it can hold itself',
        )
      if (next.least > 0) break
    }
  }
}

/** A set of bytes, with its number. */
type NumberedSet = { of: Uint8Array; set: number }

/** By their source: most patterns share the same few, and each is built once. */
const sets = new Map<string, NumberedSet>()

function numbered(written: string, make: () => Uint8Array): NumberedSet {
  const known = sets.get(written)
  if (known !== undefined) return known
  const made = { of: make(), set: sets.size }
  sets.set(written, made)
  return made
}

class Reader {
  readonly parts: Part[] = []
  secretFrom: number | undefined
  secretTo: number | undefined
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** Returns the next part, if there is one. */
  nextPart(): Part | undefined {
    const before = this.parts.length
    while (this.#at < this.#source.length && this.parts.length === before) this.#one()
    return this.parts[before]
  }

  read(): void {
    while (this.#at < this.#source.length) this.#one()
    if (this.secretFrom !== undefined && this.secretTo === undefined)
      throw new WrongPattern('a parenthesis is not closed')
  }

  #one(): void {
    const character = this.#next()
    switch (character) {
      case '(':
        if (this.secretFrom !== undefined || this.#source[this.#at] === '?')
          throw new WrongPattern('there can be one pair of plain parentheses, around the secret')
        this.secretFrom = this.parts.length
        return
      case ')':
        if (this.secretFrom === undefined || this.secretTo !== undefined)
          throw new WrongPattern('a parenthesis is closed that is not open')
        this.secretTo = this.parts.length
        return
      case '[':
        this.#push(this.#class())
        return
      case '\\': {
        const next = this.#next()
        this.#push(numbered(`\\${next}`, () => escaped(next)))
        return
      }
      case '|':
      case '*':
      case '+':
      case '^':
      case '$':
      case '.':
      case '?':
      case '{':
      case '}':
        throw new WrongPattern(
          `"${character}" cannot stand here; for the character write "\\${character}"`,
        )
      default:
        this.#push(numbered(character, () => setOf(character)))
    }
  }

  #push({ of, set }: NumberedSet): void {
    const [least, most] = this.#count()
    this.parts.push({ of, set, least, most })
  }

  #count(): [number, number] {
    const next = this.#source[this.#at]
    if (next === '?') {
      this.#at += 1
      return [0, 1]
    }
    if (next !== '{') return [1, 1]
    const rest = this.#source.slice(this.#at)
    const [whole, least, comma, most] = /^\{(\d{1,5})(,)?(\d{1,5})?\}/.exec(rest) ?? []
    if (whole === undefined || least === undefined) return [1, 1]
    if (comma !== undefined && most === undefined)
      throw new WrongPattern(`"${whole}" has no upper bound`)
    this.#at += whole.length
    const bounds: [number, number] = [Number(least), Number(most ?? least)]
    if (bounds[1] < bounds[0] || bounds[1] === 0)
      throw new WrongPattern(`"${whole}" is not a range`)
    return bounds
  }

  #class(): NumberedSet {
    const end = this.#source.indexOf(']', this.#at)
    const written = end < 0 ? '' : this.#source.slice(this.#at - 1, end + 1)
    const known = sets.get(written)
    // If it contains an escape, it may be longer.
    if (known === undefined || written.includes('\\]')) {
      const from = this.#at - 1
      const of = this.#characters()
      return numbered(this.#source.slice(from, this.#at), () => of)
    }
    this.#at = end + 1
    return known
  }

  #characters(): Uint8Array {
    const set = new Uint8Array(256)
    if (this.#source[this.#at] === '^')
      throw new WrongPattern('"[^" is not taken: say what may stand there')
    for (;;) {
      const character = this.#next()
      if (character === ']') return set
      const one = character === '\\' ? escaped(this.#next()) : setOf(character)
      const first = onlyByte(one)
      if (
        first !== undefined &&
        this.#source[this.#at] === '-' &&
        this.#source[this.#at + 1] !== ']'
      ) {
        this.#at += 1
        const last = onlyByte(setOf(this.#next())) ?? 0
        if (last < first) throw new WrongPattern('a range in brackets ends before it begins')
        for (let byte = first; byte <= last; byte += 1) set[byte] = 1
      } else for (const [byte, is] of one.entries()) if (is === 1) set[byte] = 1
    }
  }

  #next(): string {
    const character = this.#source[this.#at]
    if (character === undefined) throw new WrongPattern('it ends too soon')
    this.#at += 1
    return character
  }
}

/** Returns the bytes of ASCII characters. */
export function bytesOf(characters: string): Uint8Array {
  const bytes = new Uint8Array(characters.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at)
  return bytes
}

function escaped(character: string): Uint8Array {
  if (character === 'd') return setOf('0123456789')
  if (character === 'w') return setOf(WORD)
  if (character === 's') return setOf(' \t')
  if (/[A-Za-z0-9]/.test(character)) throw new WrongPattern(`"\\${character}" is not known here`)
  return setOf(character)
}

const WORD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_'

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const character of characters) {
    const code = character.charCodeAt(0)
    if (code > 0x7e || code < 0x09) throw new WrongPattern('it can hold printable ASCII alone')
    set[code] = 1
  }
  return set
}

function onlyByte(set: Uint8Array): number | undefined {
  const first = set.indexOf(1)
  return first >= 0 && set.lastIndexOf(1) === first ? first : undefined
}
