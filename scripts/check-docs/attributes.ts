import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { SPAN_ATTRIBUTES, type SpanKind, spanKindOf } from '@tacho/format'
import type { Problem } from './problem.js'

const CONTRACT = 'docs/format.md'
const LIST = 'packages/format/src/spans/span-attributes.ts'
const SOURCES = ['model', 'recorder', 'launcher', 'reader', 'cli'].map(
  (name) => `packages/${name}/src`,
)

/**
 * Span attributes that are missing from the contract, and attributes in the contract that no code
 * has.
 */
export function untoldAttributes(root: string): Problem[] {
  if (!existsSync(join(root, CONTRACT))) return []
  const told = toldIn(readFileSync(join(root, CONTRACT), 'utf8'))
  const kinds = Object.keys(SPAN_ATTRIBUTES) as SpanKind[]
  return [...kinds.map((kind) => [kind, namesOf(kind)] as const), [undefined, EVERYWHERE] as const]
    .flatMap(([kind, names]) =>
      differences(
        kind,
        names,
        told.filter((one) => one.kind === kind),
      ),
    )
    .sort((one, other) => one.line - other.line)
}

/** Sources that name an attribute directly: there is one list of attributes. */
export function attributesOutOfList(root: string): Problem[] {
  return SOURCES.flatMap((folder) => sourcesIn(join(root, folder))).flatMap((path) => {
    const file = relative(root, path)
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const name = COMMENT.test(text) ? undefined : NAMED.exec(text)?.[1]
        if (name === undefined) return []
        return [
          { file, line: index + 1, message: `names the attribute ${name}; that is in ${LIST}` },
        ]
      })
  })
}

const COMMENT = /^\s*(?:\/\/|\/?\*)/
const NAMED = /['"`]((?:tacho|gen_ai)\.[a-z0-9_.]*)/

type Told = { kind: SpanKind | undefined; name: string | undefined; line: number }

const EVERYWHERE = namesOf('session').filter((name) =>
  (Object.keys(SPAN_ATTRIBUTES) as SpanKind[]).every((kind) => namesOf(kind).includes(name)),
)

function namesOf(kind: SpanKind): string[] {
  return Object.values(SPAN_ATTRIBUTES[kind]).map(({ name }) => name)
}

function differences(
  kind: SpanKind | undefined,
  names: readonly string[],
  told: readonly Told[],
): Problem[] {
  const words = kind === undefined ? 'every span' : `a span of the kind ${kind}`
  const expected = kind === undefined ? names : names.filter((name) => !EVERYWHERE.includes(name))
  const known = new Set(told.map(({ name }) => name))
  const at = told[0]?.line ?? 1
  return [
    ...expected
      .filter((name) => !known.has(name))
      .map((name) => ({ line: at, message: `does not tell of ${name} on ${words}` })),
    ...told
      .filter(({ name }) => name !== undefined && !expected.includes(name))
      .map(({ name, line }) => ({ line, message: `tells of ${name}, and ${words} has no such` })),
  ].map((problem) => ({ file: CONTRACT, ...problem }))
}

/**
 * The attributes in the first cells of the tables of `session_meta.log`. Those above its first
 * heading apply to all spans, those below a heading to the spans that it names; a heading without a
 * name counts too.
 */
function toldIn(page: string): Told[] {
  const told: Told[] = []
  let isInside = false
  let kind: SpanKind | undefined
  for (const [index, text] of page.split('\n').entries()) {
    const line = index + 1
    if (/^## /.test(text)) isInside = text === '## session_meta.log'
    if (!isInside) continue
    if (/^##{1,2} /.test(text)) {
      kind = kindOf(text.replace(/^#+ /, '').replaceAll('`', ''))
      told.push({ kind, name: undefined, line })
    }
    const [, cell = ''] = /^\| ([^|]*)\|/.exec(text) ?? []
    for (const [, name] of cell.matchAll(NAME)) told.push({ kind, name, line })
  }
  return told
}

const NAME = /`([a-z_]+(?:\.[a-z0-9_]+)+)`/g

function kindOf(heading: string): SpanKind | undefined {
  return heading === '<METHOD>' ? 'http' : spanKindOf({ name: heading, attributes: {} })
}

function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}
