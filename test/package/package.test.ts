import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EXEC, type Workplace, workplace } from '../agents/workplace.js'
import { type Ended, programPath, repositoryRoot, run } from '../host/index.js'

// What a user gets: the package, installed by npm into an empty prefix, far from any workspace.

const place = mkdtempSync(join(tmpdir(), 'tacho-package-'))
afterAll(() => rmSync(place, { recursive: true }))

let tarball: string

beforeAll(async () => {
  const script = join(repositoryRoot, 'scripts/dist/pack.js')
  const packed = await run([process.execPath, script], [place], { env: process.env })
  expect(packed.stderr.toString()).toBe('')
  tarball = packed.stdout.toString().trim()
})

const unpacked = () => join(place, 'package')
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())

test('the package is at most 3 MB, and holds nothing but itself', () => {
  const files = filesIn(unpacked())
  const bytes = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)).length)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(3_000_000)
  const { dependencies, optionalDependencies } = manifest()
  expect(dependencies).toBeUndefined()
  // No file asks for a missing package, except for optional ones.
  const asked = files
    .filter(({ name }) => /\.c?js$/.test(name))
    .flatMap(({ parentPath, name }) => packagesAskedFor(join(parentPath, name)))
  const known = [...Object.keys(optionalDependencies), ...DONE_WITHOUT]
  const isKnown = (name: string) => known.some((one) => name === one || name.startsWith(`${one}/`))
  expect([...new Set(asked)].filter((name) => !isKnown(name))).toEqual([])
})

test('each link of its pages leads to something that is in it', () => {
  const pages = filesIn(unpacked()).filter(({ name }) => name.endsWith('.md'))
  expect(pages.length).toBeGreaterThan(20)
  const dead = pages.flatMap(({ parentPath, name }) =>
    [...readFileSync(join(parentPath, name), 'utf8').matchAll(/\]\(([^)#\s]+)[^)\s]*\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(parentPath, target)))
      .map((target) => `${name}: ${target}`),
  )
  expect(dead).toEqual([])
})

test('it has the licence of each package that is bundled, and a bill of materials', () => {
  const licences = readFileSync(join(unpacked(), 'THIRD-PARTY-LICENSES.txt'), 'utf8')
  for (const name of ['commander', 'undici', 'winston', '@opentelemetry/api', '@grpc/grpc-js']) {
    expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'))
  }
  const bill = JSON.parse(readFileSync(tarball.replace(/tgz$/, 'cdx.json'), 'utf8'))
  expect(bill.bomFormat).toBe('CycloneDX')
  expect(bill.components.map(({ name }: { name: string }) => name)).toContain('commander')
})

for (const version of ['node20', 'node22', 'node24', 'node26'] as const) {
  describe(version, () => {
    let at: Workplace
    let prefix: string
    let tacho: (args: readonly string[]) => Promise<Ended>
    let node: string

    beforeAll(async () => {
      node = await programPath(version)
      at = await workplace([{ text: 'Hello from the model.' }])
      prefix = join(place, version)
      const env = { ...at.environment, PATH: [dirname(node), process.env.PATH].join(delimiter) }
      const words = ['install', '--global', '--prefix', prefix, '--offline', tarball]
      const installed = await run([node, npmScript()], words, { env, cwd: at.home.cwd })
      expect(installed.exitCode, installed.stderr.toString()).toBe(0)
      tacho = (args) => run(join(prefix, 'bin/tacho'), args, { env, cwd: at.home.cwd })
    })

    afterAll(() => at[Symbol.asyncDispose]())

    test('the command records the real Codex, and reads what it recorded', async () => {
      const recorded = await tacho(['codex', ...EXEC, '--persist-session', 'Say hello'])
      expect(recorded.stdout.toString()).toBe('Hello from the model.\n')
      expect(recorded.exitCode).toBe(0)
      const { id } = at.session()
      const [exchange] = at.model.modelExchanges
      const raw = await tacho(['raw', 'last', '1', '--response'])
      expect(raw.stdout).toEqual(exchange?.responseBody)
      const shown = await tacho(['show', 'last'])
      expect(shown.stdout.toString()).toContain(id)
      expect((await tacho(['verify', 'last'])).stdout.toString()).toContain('clean')
      const parquet = await tacho(['export', 'parquet', 'last', '-o', 'tables'])
      expect(parquet.exitCode, parquet.stderr.toString()).toBe(0)
      expect(existsSync(join(at.home.cwd, 'tables/spans.parquet'))).toBe(true)
    })

    test('the command has its version, its help, its completion and its manual page', async () => {
      expect((await tacho(['--version'])).stdout.toString().trim()).toBe(manifest().version)
      expect((await tacho(['help', 'export', 'otlp'])).stdout.toString()).toContain('--endpoint')
      const completed = await tacho(['complete', 'zsh', '--', 'show', ''])
      expect(completed.stdout.toString()).toContain(at.session().id)
      expect(existsSync(join(prefix, 'share/man/man1/tacho.1.gz'))).toBe(true)
    })

    test('a program reads sessions through the API', async () => {
      const program = join(prefix, 'lib/node_modules/program.mjs')
      writeFileSync(program, PROGRAM)
      const root = join(at.home.codexHome, 'sessions')
      const read = await run([node, program], [root], { env: at.environment })
      expect(read.stderr.toString()).toBe('')
      expect(read.stdout.toString()).toBe(`${at.session().id} 1 200 completed\n`)
    })
  })
}

test('the API has types, which stand alone', () => {
  const modules = join(place, 'node20/lib/node_modules')
  writeFileSync(join(modules, 'program.mts'), PROGRAM)
  const types = ['--types', 'node', '--typeRoots', join(repositoryRoot, 'node_modules/@types')]
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', ...types]
  const tsc = join(repositoryRoot, 'node_modules/.bin/tsc')
  const { stdout } = spawnSync(tsc, [...options, 'program.mts'], { cwd: modules, encoding: 'utf8' })
  expect(stdout).toBe('')
})

// The example in docs/api.md.
const [, PROGRAM = ''] =
  /^```js\n([\s\S]*?)^```/m.exec(readFileSync(join(repositoryRoot, 'docs/api.md'), 'utf8')) ?? []

// What bundled packages look for and do without: colours in `debug`, native speed in `ws`; and what
// only gRPC's own administration reads.
const DONE_WITHOUT = ['supports-color', 'bufferutil', 'utf-8-validate', '@grpc/proto-loader']

function manifest(): {
  version: string
  dependencies?: object
  optionalDependencies: Record<string, string>
} {
  return JSON.parse(readFileSync(join(unpacked(), 'package.json'), 'utf8'))
}

/** Names in `require` and `import` that are neither paths nor Node's own modules. */
function packagesAskedFor(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const asked = text.matchAll(/\b(?:require|import)\("(@?[\w./:-]+)"\)|\bfrom"(@?[\w./:-]+)"/g)
  return [...asked]
    .map(([, required, imported]) => required ?? imported ?? '')
    .filter((name) => !/^(?:node:|\.)/.test(name) && !BUILT_IN.has(name.split('/')[0] ?? ''))
}

const BUILT_IN = new Set(process.getBuiltinModule('node:module').builtinModules)

/** npm's own script, run by the Node under test. */
function npmScript(): string {
  const { stdout } = spawnSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], {
    encoding: 'utf8',
  })
  return stdout.trim()
}
