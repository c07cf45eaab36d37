/**
 * Returns texts of which each match of an expression contains one, by parsing it: runs of plain
 * characters that no quantifier makes optional; for alternatives, one for each. Empty if a match
 * may contain none. It may find fewer than there are, but never a wrong one.
 */
export function needlesOf(source: string): string[] {
  const reader: Reader = { source, at: 0, isLost: false }
  const found = choices(reader)
  return reader.isLost || reader.at < source.length ? [] : found
}

/** Returns the longest part of a text that is unescaped in a log, whoever wrote its JSON. */
export function safeRun(text: string): string | undefined {
  const runs = text.match(SAFE) ?? []
  const [longest] = [...runs].sort((one, other) => other.length - one.length)
  return longest !== undefined && longest.length >= LEAST ? longest : undefined
}

// Some encoders escape both kinds of quotes, slashes, and what could break HTML or JavaScript.
const SAFE = /[A-Za-z0-9 !#$%()*+,\-.:;=?@[\]^_`{|}~]+/g
const LEAST = 2
/** More would be searched for one by one, which is no faster than reading everything. */
const MOST = 8

type Reader = {
  source: string
  at: number
  /** The expression contains something unsupported. */
  isLost: boolean
}

// Parses `a|b|c`, up to the end or the closing parenthesis.
function choices(reader: Reader): string[] {
  const all: string[] = []
  let isOpen = false
  for (;;) {
    const needles = sequence(reader)
    if (needles.length === 0) isOpen = true
    all.push(...needles)
    if (reader.source[reader.at] !== '|') break
    reader.at += 1
  }
  return isOpen || all.length > MOST ? [] : all
}

// Parses a sequence: every part of it is required, and the best one is used.
function sequence(reader: Reader): string[] {
  const { source } = reader
  const found: string[][] = []
  let run = ''
  const end = (): void => {
    const safe = safeRun(run)
    if (safe !== undefined) found.push([safe])
    run = ''
  }
  while (reader.at < source.length && source[reader.at] !== '|' && source[reader.at] !== ')') {
    const one = atom(reader)
    if (isRepeated(reader, 0)) end()
    else if (typeof one === 'string') {
      run += one
      if (isRepeated(reader, 1)) end()
    } else {
      end()
      if (one.length > 0) found.push(one)
      isRepeated(reader, 1)
    }
  }
  end()
  const worst = (needles: readonly string[]) => Math.min(...needles.map(({ length }) => length))
  return found.sort((one, other) => worst(other) - worst(one))[0] ?? []
}

/** Parses a literal character, or returns texts one of which is required there. */
function atom(reader: Reader): string | string[] {
  const { source } = reader
  const character = String.fromCodePoint(source.codePointAt(reader.at) ?? 0)
  reader.at += character.length
  if (character === '[') return classOf(reader)
  if (character === '(') return group(reader)
  if (character === '\\') return escaped(reader)
  return /[\^$.]/.test(character) ? [] : character
}

function classOf(reader: Reader): string[] {
  const { source } = reader
  for (; reader.at < source.length && source[reader.at] !== ']'; reader.at += 1) {
    if (source[reader.at] === '\\') reader.at += 1
  }
  reader.at += 1
  return []
}

function group(reader: Reader): string[] {
  const { source } = reader
  const isLooked = /^\?<?[=!]/.test(source.slice(reader.at, reader.at + 3))
  const [prefix] = /^\?(?:<?[=!]|:|<[^>=!]*>)/.exec(source.slice(reader.at, reader.at + 200)) ?? []
  if (prefix === undefined && source[reader.at] === '?') reader.isLost = true
  reader.at += prefix?.length ?? 0
  const found = choices(reader)
  reader.at += 1
  return isLooked ? [] : found
}

// After a backslash, a letter or a number has a special meaning, together with what follows.
function escaped(reader: Reader): string | string[] {
  const rest = reader.source.slice(reader.at)
  const [named] = NAMED.exec(rest) ?? []
  const letter = rest[0] ?? ''
  reader.at += named?.length ?? letter.length
  return named !== undefined || /[A-Za-z]/.test(letter) ? [] : letter
}

const NAMED = /^(?:u\{[^}]*\}|u.{4}|x.{2}|c.|[pP]\{[^}]*\}|k<[^>]*>|\d+)/s

/**
 * Skips a quantifier, and returns whether it makes what precedes it optional (0) or repeatable (1).
 */
function isRepeated(reader: Reader, least: 0 | 1): boolean {
  const found = /^(?:([*?])|(\+)|\{(\d+)[\d,]*\})\??/.exec(
    reader.source.slice(reader.at, reader.at + 40),
  )
  if (found === null) return false
  const [all, optional, , count] = found
  const isOptional = optional !== undefined || Number(count ?? 1) === 0
  if (isOptional !== (least === 0)) return false
  reader.at += all.length
  return true
}
