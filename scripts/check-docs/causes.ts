import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from './problem.js'

const PAGE = 'docs/causes.md'
const LIST = 'packages/model/src/causes/codes.ts'

/** Codes of causes that are missing from their page, and codes on the page that no rule gives. */
export function untoldCauses(root: string): Problem[] {
  if (!existsSync(join(root, PAGE))) return []
  const listed = codesIn(root, LIST, /^ {2}'([\w-]+)',$/)
  const told = codesIn(root, PAGE, /^\| `([\w-]+)` \|/)
  return [
    ...missing(listed, told, (code) => `${PAGE} does not tell of the cause ${code}`),
    ...missing(told, listed, (code) => `${LIST} has no cause ${code}`),
  ]
}

type Code = { code: string; file: string; line: number }

function codesIn(root: string, file: string, pattern: RegExp): Code[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  return lines.flatMap((text, index) => {
    const code = pattern.exec(text)?.[1]
    return code === undefined ? [] : [{ code, file, line: index + 1 }]
  })
}

function missing(from: Code[], others: Code[], words: (code: string) => string): Problem[] {
  const known = new Set(others.map(({ code }) => code))
  return from
    .filter(({ code }) => !known.has(code))
    .map(({ code, file, line }) => ({ file, line, message: words(code) }))
}
