import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** A package of the npm registry that one of our bundles contains. */
export type BundledPackage = {
  name: string
  version: string
  /** Its SPDX name: `MIT`. */
  license: string
  folder: string
}

const MODULES = `${sep}node_modules${sep}`

/** The packages that files come from. Ours do not count: they are in no `node_modules`. */
export function packagesIn(files: readonly string[]): BundledPackage[] {
  const folders = new Set(files.flatMap((file) => folderOf(file) ?? []))
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Record<string, string>
    return { name: name ?? '', version: version ?? '', license: license ?? '', folder }
  })
}

function folderOf(file: string): string | undefined {
  const at = file.lastIndexOf(MODULES)
  if (at < 0) return undefined
  const rest = file.slice(at + MODULES.length).split(sep)
  const name = rest.slice(0, rest[0]?.startsWith('@') ? 2 : 1)
  return join(file.slice(0, at), 'node_modules', ...name)
}

/**
 * The licences of packages. Each text appears once, with the packages that it covers and their
 * copyright holders.
 *
 * @throws Error if a package has no licence that permits bundling, or no licence text.
 */
export function licencesOf(packages: readonly BundledPackage[]): string {
  // Packages lay out the same text in different ways.
  const texts = new Map<string, { holders: Map<string, string[]>; text: string }>()
  for (const one of packages) {
    const { name, version, license } = one
    if (!ALLOWED.includes(license)) {
      throw new Error(`${name} ${version} has the licence ${JSON.stringify(license)}. Is it free?`)
    }
    const { copyright, text } = apart(licenceText(one))
    const key = keyOf(text)
    const same = texts.get(key) ?? { holders: new Map(), text }
    const names = same.holders.get(copyright) ?? []
    same.holders.set(copyright, [...names, `${name} ${version} (${license})`])
    texts.set(key, same)
  }
  const parts = [...texts.values()].map(({ holders, text }) => {
    const packagesOfIt = [...holders].map(([copyright, names]) =>
      [...names, ...(copyright === '' ? [] : [copyright])].join('\n'),
    )
    return `${packagesOfIt.join('\n\n')}\n\n${text}\n`
  })
  return ['Tacho holds these packages of others, under their own licences.\n', ...parts].join(RULE)
}

/** A key that ignores layout: blank forms use either kind of bracket. */
function keyOf(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('https:', 'http:')
  return plain.replaceAll('{', '[').replaceAll('}', ']').trim().toLowerCase()
}

/** Separates the copyright holders from the rest of a licence, which many packages share. */
function apart(licence: string): { copyright: string; text: string } {
  const copyright: string[] = []
  const text: string[] = []
  for (const line of licence.split(/\r?\n/)) {
    // A paragraph of the licence itself is not a copyright line, and a blank form has brackets.
    if (/^\s*(?:\(c\)\s+\d|copyright\s+(?:\(c\)|©|\d))[^[\]]*$/i.test(line))
      copyright.push(line.trim())
    else if (!/^\W*(?:the )?(?:mit|isc) licen[cs]e\W*(?:\(?(?:mit|isc)\)?)?\W*$/i.test(line))
      text.push(line.replace(/[ \t]+$/, ''))
  }
  return { copyright: copyright.join('\n'), text: text.join('\n').trim() }
}

const RULE = `\n${'-'.repeat(78)}\n\n`

// Licences that only require their text to be included.
const ALLOWED = ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD']

function licenceText({ name, version, license, folder }: BundledPackage): string {
  const files = readdirSync(folder)
  const named = (word: RegExp) => files.filter((file) => word.test(file)).sort()
  const [file, ...notices] = [...named(/^licen[cs]e(?!s)/i), ...named(/^notice/i)]
  const read = (one: string) => readFileSync(join(folder, one), 'utf8')
  if (file !== undefined) return [file, ...notices].map(read).join('\n')
  // Some packages put it only at the end of their README.
  const readme = files.find((one) => /^readme/i.test(one))
  const [, said] = /^#+ *licen[cs]e[^\n]*\n([\s\S]+)/im.exec(readme ? read(readme) : '') ?? []
  if (said !== undefined) return said
  throw new Error(`${name} ${version} (${license}) brings no text of its licence.`)
}
