import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from './problem.js'

const CATALOGUE = 'docs/errors.md'
const PACKAGES = 'packages'

/**
 * Error codes that a package uses and the catalogue does not list, or the other way round; and
 * errors without a code.
 */
export function unlistedErrors(root: string): Problem[] {
  if (!existsSync(join(root, CATALOGUE))) return []
  const sources = sourcesIn(root)
  const given = sources.flatMap((file) => codesIn(root, file))
  const listed = listedCodes(root)
  return [
    ...sources.flatMap((file) => withoutCode(root, file)),
    ...missing(given, listed, (code) => `${CATALOGUE} does not list the error ${code}`),
    ...missing(listed, given, (code) => `no source gives the error ${code}`),
  ]
}

type Code = { code: string; file: string; line: number }

function missing(from: Code[], others: Code[], words: (code: string) => string): Problem[] {
  const known = new Set(others.map(({ code }) => code))
  return from
    .filter(({ code }) => !known.has(code))
    .map(({ code, file, line }) => ({ file, line, message: words(code) }))
}

// A class with one code has it as a member; a class with several has a type beside it.
const OF_ONE = /^ {2}readonly code = '([\w-]+)'/
const TYPE = /^export type \w+ErrorCode =/
const OF_SEVERAL = /^ {2}\| '([\w-]+)'/

function codesIn(root: string, file: string): Code[] {
  let isType = false
  return linesOf(root, file).flatMap((text, index) => {
    if (TYPE.test(text)) isType = true
    else if (text === '') isType = false
    const code = OF_ONE.exec(text)?.[1] ?? (isType ? OF_SEVERAL.exec(text)?.[1] : undefined)
    return code === undefined ? [] : [{ code, file, line: index + 1 }]
  })
}

/** Error classes without a `code`. */
function withoutCode(root: string, file: string): Problem[] {
  const lines = linesOf(root, file)
  return lines.flatMap((text, index) => {
    const name = /^export class (\w+) extends Error\b/.exec(text)?.[1]
    if (name === undefined) return []
    const end = lines.indexOf('}', index)
    const hasCode = lines.slice(index, end).some((line) => /^ {2}readonly code\b/.test(line))
    return hasCode ? [] : [{ file, line: index + 1, message: `the error ${name} has no code` }]
  })
}

function listedCodes(root: string): Code[] {
  return linesOf(root, CATALOGUE).flatMap((text, index) => {
    const code = /^\| `([\w-]+)` \|/.exec(text)?.[1]
    return code === undefined ? [] : [{ code, file: CATALOGUE, line: index + 1 }]
  })
}

function sourcesIn(root: string): string[] {
  if (!existsSync(join(root, PACKAGES))) return []
  return readdirSync(join(root, PACKAGES), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path))
    .sort()
    .map((path) => join(PACKAGES, path))
}

function linesOf(root: string, file: string): string[] {
  return readFileSync(join(root, file), 'utf8').split('\n')
}
