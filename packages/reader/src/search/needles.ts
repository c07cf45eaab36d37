/**
 * Texts of which one stands in each match of an expression, found by reading it: runs of plain
 * characters that no quantifier makes optional, in choices one for each of them. None where it may
 * match without any. Fewer are found than there are; none is wrong.
 */
export function needlesOf(source: string): string[] {
  const reader: Reader = { source, at: 0, isLost: false }
  const found = choices(reader)
  return reader.isLost || reader.at < source.length ? [] : found
}

/** The longest part of a text that stands in a log as it is, whoever wrote its JSON. */
export function safeRun(text: string): string | undefined {
  const runs = text.match(SAFE) ?? []
  const [longest] = [...runs].sort((one, other) => other.length - one.length)
  return longest !== undefined && longest.length >= LEAST ? longest : undefined
}

// Some encoders escape quotes of both kinds, slashes, and what HTML or JavaScript could trip over.
const SAFE = /[A-Za-z0-9 !#$%()*+,\-.:;=?@[\]^_`{|}~]+/g
const LEAST = 2
/** More are looked for one by one, and that is no faster than to read all. */
const MOST = 8

type Reader = {
  source: string
  at: number
  /** Something was met that is not understood here. */
  isLost: boolean
}

// `a|b|c`, up to the end or to the parenthesis that closes it.
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

// What stands one after the other: each part of it is needed, and the best one is taken.
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

/** A character that stands for itself, or what one of must stand there. */
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

// A letter or a number stands for something else, with what follows it.
function escaped(reader: Reader): string | string[] {
  const rest = reader.source.slice(reader.at)
  const [named] = NAMED.exec(rest) ?? []
  const letter = rest[0] ?? ''
  reader.at += named?.length ?? letter.length
  return named !== undefined || /[A-Za-z]/.test(letter) ? [] : letter
}

const NAMED = /^(?:u\{[^}]*\}|u.{4}|x.{2}|c.|[pP]\{[^}]*\}|k<[^>]*>|\d+)/s

/** Whether a quantifier follows that lets what stands before it be missing (0), or come again (1); it is passed. */
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
