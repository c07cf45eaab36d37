import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../host/index.js'

const PAGE = readFileSync(join(repositoryRoot, 'docs/cli.md'), 'utf8')

/** What `docs/cli.md` says about a command's JSON. */
export type DocumentedFields = {
  /** The names in the first column of its field tables that are always present. */
  named: string[]
  /** All names in its section and in those of the commands that it refers to. */
  known: ReadonlySet<string>
}

/** Reads a command's section. */
export function documentedFields(command: string, passed = new Set<string>()): DocumentedFields {
  passed.add(command)
  const section = sectionOf(command)
  const named = [...section.matchAll(/^\| field of `--json`.*\n\|[- |]+\n((?:\|.*\n)+)/gm)].flatMap(
    ([, rows = '']) =>
      rows
        .split('\n')
        .filter((row) => !row.includes('absent where'))
        .flatMap((row) => namesIn(row.split('|')[1] ?? '')),
  )
  // Fields specific to an option are named beside that option; their values are in parentheses.
  for (const [, row = ''] of section.matchAll(/^\| `(?:--chunks )?--json` \| prints (.*) \|$/gm)) {
    const fields = row.replace(/\([^)]*\)/g, '').replace(/`(?:--|tacho )[^`]*`/g, '')
    named.push(...namesIn(fields))
  }
  const known = new Set(namesIn(section))
  for (const [, other = ''] of section.matchAll(/`tacho (\w+)`/g)) {
    if (passed.has(other)) continue
    for (const name of documentedFields(other, passed).known) known.add(name)
  }
  return { named, known }
}

/** The names of all members of a JSON value, except those below members whose names are data. */
export function namesOfMembers(value: unknown): Set<string> {
  const names = new Set<string>()
  const look = (one: unknown): void => {
    if (Array.isArray(one)) for (const inner of one) look(inner)
    else if (typeof one === 'object' && one !== null) {
      for (const [name, inner] of Object.entries(one)) {
        names.add(name)
        if (!OF_DATA.has(name)) look(inner)
      }
    }
  }
  look(value)
  return names
}

/** Their members have recorded names. */
const OF_DATA = new Set([
  'attributes',
  'value',
  'arguments',
  'lost',
  'byDecision',
  'byOutcome',
  'byOrigin',
])

function sectionOf(command: string): string {
  const from = PAGE.search(new RegExp(`^## \`tacho ${command}\\b`, 'm'))
  if (from < 0) throw new Error(`docs/cli.md has no section of tacho ${command}`)
  const length = PAGE.slice(from + 1).search(/^## /m)
  return PAGE.slice(from, length < 0 ? undefined : from + 1 + length)
}

/** `exchanges[].number` and `.id` name one member each. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].flatMap(
    ([, code = '']) => code.match(/[A-Za-z]\w*/g) ?? [],
  )
}
