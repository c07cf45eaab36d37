import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Problem } from './problem.js'

const CONTRACT = 'docs/format.md'
const SOURCES = ['packages/recorder/src', 'packages/launcher/src']

// As a string of its own in the sources, and as code in the page.
const IN_SOURCES = /'((?:tacho|gen_ai)\.[a-z0-9_.]+)'/g
const IN_PAGE = /`((?:tacho|gen_ai)\.[a-z0-9_.]+)`/g

// The key of a context, which is on no span.
const NO_ATTRIBUTE = 'tacho.attributes'

/** Attributes of spans that are written and that the contract does not tell of, or the other way round. */
export function untoldAttributes(root: string): Problem[] {
  if (!existsSync(join(root, CONTRACT))) return []
  const written = SOURCES.flatMap((folder) => sourcesIn(join(root, folder))).flatMap((path) =>
    found(root, relative(root, path), IN_SOURCES),
  )
  const told = found(root, CONTRACT, IN_PAGE)
  return [
    ...missing(written, told, (name) => `${CONTRACT} does not tell of the attribute ${name}`),
    ...missing(told, written, (name) => `no source writes the attribute ${name}`),
  ]
}

type Found = { name: string; file: string; line: number }

function missing(from: Found[], others: Found[], words: (name: string) => string): Problem[] {
  const known = new Set(others.map(({ name }) => name))
  return from
    .filter(({ name }) => name !== NO_ATTRIBUTE && !known.has(name))
    .map(({ name, file, line }) => ({ file, line, message: words(name) }))
}

function found(root: string, file: string, pattern: RegExp): Found[] {
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(pattern)].map(([, name = '']) => ({ name, file, line: index + 1 })),
    )
}

function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}
