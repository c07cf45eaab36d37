import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { INTEGRATIONS } from './bundle/library.js'
import { bundle } from './bundle.js'
import { licencesOf } from './bundled-packages.js'
import { PACKAGE_EXPORTS } from './package-exports.js'
import { copyTypes } from './package-types.js'
import { withoutDeadLinks } from './page-links.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

type Manifest = {
  version: string
  description: string
  license: string
  engines: Record<string, string>
  optionalDependencies?: Record<string, string>
}

await pack(resolve(process.argv[2] ?? join(ROOT, 'dist')))

/**
 * `npm run pack`: packs what is built into `tacho-<version>.tgz`, the npm package, and lists its
 * contents beside it in `tacho-<version>.cdx.json` (CycloneDX).
 */
async function pack(out: string): Promise<void> {
  const folder = join(out, 'package')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'dist'), { recursive: true })
  const manifest = packageManifest()
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  cpSync(join(ROOT, 'packages/cli/bin'), join(folder, 'bin'), { recursive: true })
  const packages = await bundle(join(folder, 'dist'))
  zipPage(join(folder, 'dist/tacho.1'))
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesOf(packages))
  const ours = join(ROOT, 'packages')
  const types = Object.entries(INTEGRATIONS).map(([name, path]) => [
    name,
    join(ours, 'recorder/dist', path.replace(/js$/, 'd.ts')),
  ])
  const entries = { index: join(ours, 'cli/dist/api.d.ts'), ...Object.fromEntries(types) }
  copyTypes(ours, entries, join(folder, 'types'))
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md']) {
    cpSync(join(ROOT, name), join(folder, name))
  }
  copyPages(join(ROOT, 'docs'), join(folder, 'docs'))
  removeDeadLinks(folder)
  npm(['pack', folder, '--pack-destination', out, '--ignore-scripts', '--silent'])
  const bill = npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'])
  writeFileSync(join(out, `tacho-${manifest.version}.cdx.json`), bill)
  process.stdout.write(`${join(out, `tacho-${manifest.version}.tgz`)}\n`)
}

/** man reads pages in their installed form. */
function zipPage(page: string): void {
  writeFileSync(`${page}.gz`, gzipSync(readFileSync(page), { level: 9 }))
  rmSync(page)
}

function packageManifest() {
  const { version, description, license, engines } = manifestIn(ROOT)
  const ours = readdirSync(join(ROOT, 'packages')).map((name) =>
    manifestIn(join(ROOT, 'packages', name)),
  )
  return {
    ...{ name: 'tacho', version, description, license },
    keywords: ['codex', 'coding-agent', 'opentelemetry', 'tracing', 'record', 'llm'],
    type: 'module',
    engines,
    bin: { tacho: 'bin/tacho.js' },
    man: ['dist/tacho.1.gz'],
    exports: PACKAGE_EXPORTS,
    // Everything else is in the bundles. These are native, and Tacho works without any of them.
    optionalDependencies: Object.assign({}, ...ours.map((one) => one.optionalDependencies)),
  }
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** The pages for users; the pictures and the other pages are for readers of the repository. */
function copyPages(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from).filter(isForUsers)) {
    cpSync(join(from, name), join(to, name))
  }
}

/** Links to files that exist only in the repository would lead nowhere in the package. */
function removeDeadLinks(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.md')) continue
    const page = join(folder, name)
    const isThere = (path: string): boolean => existsSync(resolve(dirname(page), path))
    writeFileSync(page, withoutDeadLinks(readFileSync(page, 'utf8'), isThere))
  }
}

function isForUsers(name: string): boolean {
  return name.endsWith('.md') && name !== 'architecture.md'
}

function npm(words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('npm', words, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0) return stdout
  throw new Error(`npm ${words.join(' ')} failed: ${error?.message ?? stderr}`)
}
