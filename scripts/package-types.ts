import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/**
 * Copies the declarations of what a file exports, and all that these name, to a folder that stands
 * alone: `index.d.ts` there is that file.
 *
 * @param packages the folder of our packages, which are built.
 * @param entry declarations that only export from one of our packages again.
 */
export function copyTypes(packages: string, entry: string, to: string): void {
  const copied = new Set<string>()
  const waiting: string[] = []
  const index = join(to, 'index.d.ts')
  write(index, exportsOf(entry).map(fromItsFile).join('\n'))
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (copied.has(file)) continue
    copied.add(file)
    write(targetOf(file), withTargets(file))
  }

  // Not through the package's index, which names more than this exports.
  function fromItsFile({ name, from }: Export): string {
    const barrel = fileOf(from, entry) ?? ''
    const file = fileOf(exportsOf(barrel).find((one) => one.name === name)?.from ?? '', barrel)
    if (file === undefined) throw new Error(`${from} does not export ${name} (${entry}).`)
    waiting.push(file)
    return `export { ${name} } from '${between(index, targetOf(file))}'`
  }

  function withTargets(file: string): string {
    return readFileSync(file, 'utf8').replace(IMPORTS, (whole, lead: string, said: string) => {
      const found = fileOf(said, file)
      if (found === undefined) return whole
      waiting.push(found)
      return `${lead}'${between(targetOf(file), targetOf(found))}'`
    })
  }

  /** The declarations that an import in a file names; nothing for those of other people. */
  function fileOf(said: string, from: string): string | undefined {
    if (said.startsWith('@tacho/')) return join(packages, said.slice(7), 'dist/index.d.ts')
    return said.startsWith('.') ? join(dirname(from), said.replace(/js$/, 'd.ts')) : undefined
  }

  function targetOf(file: string): string {
    return join(to, relative(packages, file).replace('/dist/', '/'))
  }
}

const IMPORTS = /((?:from |import\())['"]([^'"]+)['"]/g

/** `type Session` or `readSession`, and where it comes from. */
type Export = { name: string; from: string }

function exportsOf(file: string): Export[] {
  const lines = readFileSync(file, 'utf8').matchAll(/^export (type )?\{([^}]*)\} from '([^']+)'/gm)
  return [...lines].flatMap(([, type = '', names = '', from = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({ name: name.startsWith('type ') ? name : `${type}${name}`, from })),
  )
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function between(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/d\.ts$/, 'js')
  return path.startsWith('.') ? path : `./${path}`
}
