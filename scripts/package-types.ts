import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/**
 * Copies the declarations that some entry points export, and all that they refer to, into a
 * self-contained folder.
 *
 * @param packages the folder with our packages, built.
 * @param entries declaration files that only re-export, by the name that they get there.
 */
export function copyTypes(packages: string, entries: Record<string, string>, to: string): void {
  const copied = new Set<string>()
  const waiting: string[] = []
  for (const [name, entry] of Object.entries(entries)) {
    const file = join(to, `${name}.d.ts`)
    write(file, exportsOf(entry).map(fromItsFile(file, entry)).join('\n'))
  }
  const exporting = new Set(waiting)
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (copied.has(file)) continue
    copied.add(file)
    const isDocumented =
      exporting.has(file) || DOCUMENTED.some((name) => targetOf(file).startsWith(join(to, name)))
    const text = withTargets(file)
    write(targetOf(file), isDocumented ? text : text.replace(DOC_COMMENT, ''))
  }

  // Not through the package's index, which exports more than this does.
  function fromItsFile(file: string, entry: string): (one: Export) => string {
    return ({ name, from }) =>
      `export { ${name} } from '${between(file, targetOf(wanted(name, from, entry)))}'`
  }

  /**
   * Finds the file that declares a name exported by one of our packages; that file is copied too.
   */
  function wanted(name: string, from: string, importer: string): string {
    const file = declaring(bare(name), fileOf(from, importer) ?? '')
    if (file === undefined) throw new Error(`${from} does not export ${name} (${importer}).`)
    waiting.push(file)
    return file
  }

  function declaring(name: string, file: string): string | undefined {
    if (declarationOf(name).test(readFileSync(file, 'utf8'))) return file
    const again = exportsOf(file).find((one) => bare(one.name) === name)
    const sources = again === undefined ? starsOf(file) : [again.from]
    for (const source of sources) {
      const found = declaring(name, fileOf(source, file) ?? '')
      if (found !== undefined) return found
    }
    return undefined
  }

  function withTargets(file: string): string {
    const target = targetOf(file)
    const to = (name: string, from: string) =>
      between(target, targetOf(wanted(bare(name), from, file)))
    return readFileSync(file, 'utf8')
      .replace(RELATIVE, (whole, said: string) => {
        const found = fileOf(said, file)
        if (found !== undefined) waiting.push(found)
        return whole
      })
      .replace(NAMED, (_, word: string, names: string, from: string) =>
        namesIn(names)
          .map((name) => `${word} { ${name} } from '${to(name, from)}'`)
          .join(';\n'),
      )
      .replace(INLINE, (_, from: string, name: string) => `import('${to(name, from)}').${name}`)
  }

  /** The declarations that an import in a file refers to; none for third-party packages. */
  function fileOf(said: string, from: string): string | undefined {
    if (said.startsWith('@tacho/')) return join(packages, said.slice(7), 'dist/index.d.ts')
    return said.startsWith('.') ? join(dirname(from), said.replace(/js$/, 'd.ts')) : undefined
  }

  function targetOf(file: string): string {
    return join(to, relative(packages, file).replace('/dist/', '/'))
  }
}

/**
 * The packages whose every type is documented: what a session is, and what it means. Of the others,
 * files of which nothing is exported are here only because a declaration refers to them, and their
 * comments would be a hundredth of the package.
 */
const DOCUMENTED = ['format/', 'model/']
const DOC_COMMENT = /^\s*\/\*\*(?:[^*]|\*(?!\/))*\*\/\n/gm

/** The path in an import; the layout is the same in both places. */
const RELATIVE = /(?:from |import\()['"](\.[^'"]+)['"]/g
const NAMED = /^((?:import|export)(?: type)?) \{([^}]*)\} from '(@tacho\/\w+)'/gm
const INLINE = /import\("(@tacho\/\w+)"\)\.(\w+)/g

function declarationOf(name: string): RegExp {
  return new RegExp(
    `^export (?:declare )?(?:abstract )?(?:type|interface|class|const|function) ${name}\\b(?!,)`,
    'm',
  )
}

/** `type Session` or `readSession`, and the file that it comes from. */
type Export = { name: string; from: string }

function exportsOf(file: string): Export[] {
  const lines = readFileSync(file, 'utf8').matchAll(/^export (type )?\{([^}]*)\} from '([^']+)'/gm)
  return [...lines].flatMap(([, type = '', names = '', from = '']) =>
    namesIn(names).map((name) => ({
      name: name.startsWith('type ') ? name : `${type}${name}`,
      from,
    })),
  )
}

/** Follows `export *` in a file. */
function starsOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8').matchAll(/^export (?:type )?\* from '([^']+)'/gm)
  return [...lines].map(([, from = '']) => from)
}

function namesIn(names: string): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Without `type`, and without its local name. */
function bare(name: string): string {
  return name.replace(/^type /, '').replace(/ as .*$/, '')
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  // The compiler indents with four spaces, which would be a twentieth of the total.
  writeFileSync(
    file,
    text.replaceAll(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4)),
  )
}

function between(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/d\.ts$/, 'js')
  return path.startsWith('.') ? path : `./${path}`
}
