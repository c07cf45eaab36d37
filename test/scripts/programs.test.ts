import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { programNames } from '../../scripts/programs/index.js'
import { startProgress } from '../../scripts/programs/progress.js'

// The real command line runs here; npm and Go are doubles on PATH, because they must fail on
// demand.
const COMMAND = resolve('scripts/dist/install-programs.js')
const CODEX = 'tacho/programs/codex-0.169.0'

let folder: string
let cache: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-programs-'))
  cache = join(folder, 'cache')
  path = join(folder, 'path')
  await mkdir(path)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('installs a program once, says so on stderr, and prints its path from any folder', async () => {
  await putInPath('npm', WORKING_NPM)
  const first = await run(['codex'])
  const second = await run(['codex'], { cwd: tmpdir() })
  const executable = join(cache, CODEX, 'node_modules/.bin/codex')
  expect(first).toMatchObject({ exitCode: 0, stdout: `${executable}\n` })
  expect(first.stderr).toMatch(/^Installing codex 0\.169\.0 \(about 400 MB/)
  expect(second).toEqual({ exitCode: 0, stdout: `${executable}\n`, stderr: '' })
  expect(await npmCalls()).toBe(1)
})

test('processes that ask at once install a program once and all get it', async () => {
  await putInPath('npm', WORKING_NPM)
  const answers = await Promise.all(Array.from({ length: 5 }, () => run(['codex'])))
  expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0])
  expect(await npmCalls()).toBe(1)
  expect(await readdir(join(cache, 'tacho/programs'))).toEqual(['codex-0.169.0'])
})

test('an install whose process died is cleared away and begun anew', async () => {
  await putInPath('npm', WORKING_NPM)
  const abandoned = join(cache, `${CODEX}.partial`)
  await mkdir(join(abandoned, 'half/node_modules'), { recursive: true })
  await utimes(abandoned, 0, 0)
  expect(await run(['codex'])).toMatchObject({ exitCode: 0 })
  expect(await readdir(join(cache, 'tacho/programs'))).toEqual(['codex-0.169.0'])
})

test('an install that lost its executable is made anew', async () => {
  await putInPath('npm', WORKING_NPM)
  await mkdir(join(cache, CODEX, 'node_modules/leftover'), { recursive: true })
  expect(await run(['codex'])).toMatchObject({ exitCode: 0 })
  expect(await readdir(join(cache, CODEX, 'node_modules'))).toEqual(['.bin'])
})

for (const [what, program, double, words] of [
  ['npm is missing', 'codex', {}, /There is no npm in PATH\. Install Node/],
  ['there is no network', 'codex', { npm: failing('npm error code ENOTFOUND') }, /network/],
  ['the disk is full', 'codex', { npm: failing('npm error code ENOSPC') }, /The disk is full/],
  ['npm fails otherwise', 'codex', { npm: failing('npm error 418') }, /npm error 418\nnpm install/],
  ['npm installs nothing', 'codex', { npm: 'exit 0' }, /there is no node_modules\/\.bin\/codex/],
  ['Go is missing', 'jaeger', {}, /There is no go in PATH\. Install Go 1\.25/],
  ['Go is too old', 'jaeger', { go: 'echo go1.9.7' }, /go1\.9\.7 is too old\. Install Go 1\.25/],
  ['a module was changed', 'jaeger', { go: changedModule() }, /checksum h1:changed, not h1:sWCO/],
] as const) {
  test(`when ${what}, the install fails with a remedy and leaves nothing behind`, async () => {
    for (const [name, script] of Object.entries(double)) await putInPath(name, script)
    const { exitCode, stderr } = await run([program], { PATH: path })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(await readdir(join(cache, 'tacho/programs'))).toEqual([])
  })
}

test('a cache folder that cannot be written is named, with the way out', async () => {
  await writeFile(cache, 'a file')
  const { exitCode, stderr } = await run(['codex'])
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/Can't use .*codex-0\.169\.0\.partial: .*Set XDG_CACHE_HOME/)
})

test('a relative XDG_CACHE_HOME is ignored', async () => {
  await putInPath('npm', WORKING_NPM)
  const { stdout } = await run(['codex'], { XDG_CACHE_HOME: 'cache', HOME: folder })
  expect(stdout).toBe(`${join(folder, '.cache', CODEX, 'node_modules/.bin/codex')}\n`)
})

test('without names it lists the programs and installs none', async () => {
  const { exitCode, stdout } = await run([], { PATH: path })
  expect(exitCode).toBe(0)
  expect(stdout.match(/not installed/g)).toHaveLength(programNames.length)
})

test('an unknown name is refused with the names there are', async () => {
  const { exitCode, stderr } = await run(['toString', 'codex'], { PATH: path })
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/no program "toString"[\s\S]*codex, .*jaeger, collector, telemetrygen/)
})

for (const [where, isTTY, escapes] of [
  ['a terminal shows progress in one line', true, true],
  ['a log gets progress in whole lines', false, false],
] as const) {
  test(where, () => {
    const stream = Object.assign(new PassThrough(), { isTTY, columns: 40 })
    const progress = startProgress({ name: 'codex', version: '1.0', cost: 'little' }, stream)
    progress.step('downloading what is so long that it does not fit')
    progress.stop()
    progress.done()
    const text = String(stream.read())
    expect(text.includes('\r') || text.includes('\x1b')).toBe(escapes)
    expect(text).toMatch(
      /^Installing codex 1\.0 \(little\)\n[\s\S]*codex 1\.0: downloading[\s\S]*Installed codex 1\.0 in \d+:\d\d\n$/,
    )
    if (isTTY) expect(text).not.toContain('fit')
  })
}

// `npm install --prefix <folder> …`
const WORKING_NPM = `
  echo called >> "$CALLS"
  mkdir -p "$3/node_modules/.bin"
  echo > "$3/node_modules/.bin/codex"
  chmod +x "$3/node_modules/.bin/codex"`

function failing(message: string): string {
  return `echo '${message}' >&2; exit 1`
}

function changedModule(): string {
  return `if [ "$1" = env ]; then echo go1.26.8; else echo '{"Sum":"h1:changed"}'; fi`
}

async function putInPath(name: string, script: string): Promise<void> {
  await writeFile(join(path, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(path, name), 0o755)
}

async function npmCalls(): Promise<number> {
  return (await readFile(join(folder, 'calls'), 'utf8')).split('\n').length - 1
}

type Answer = { exitCode: number | null; stdout: string; stderr: string }

function run(
  names: readonly string[],
  { cwd = folder, ...env }: Record<string, string> = {},
): Promise<Answer> {
  const child = spawn(process.execPath, [COMMAND, ...names], {
    cwd,
    env: {
      PATH: `${path}:/usr/bin:/bin`,
      XDG_CACHE_HOME: cache,
      CALLS: join(folder, 'calls'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
}
