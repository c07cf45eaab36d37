import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AGENTS, findProgram, isInstalled, isShim, NoProgram, SHIM_MARK } from '@tacho/launcher'
import { afterEach, beforeEach, expect, test } from 'vitest'

const codex = AGENTS.filter(isInstalled).find(({ name }) => name === 'codex')

let root: string

function findCodex(environment: NodeJS.ProcessEnv): string {
  if (codex === undefined) throw new Error('Codex is not in the list of agents.')
  return findProgram(codex.program, environment)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tacho-find-'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function program(folder: string, text = '#!/bin/sh\n', mode = 0o755): string {
  mkdirSync(join(root, folder), { recursive: true })
  const path = join(root, folder, 'codex')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

function pathOf(...folders: string[]): string {
  return folders.map((folder) => (folder === '' ? '' : join(root, folder))).join(':')
}

test('the first codex on PATH is found that is a program, and no shim', () => {
  program('shim', `#!/bin/sh\n# ${SHIM_MARK}\n`)
  program('plain-file', '', 0o644)
  mkdirSync(join(root, 'folder/codex'), { recursive: true })
  const real = program('real')
  program('other')
  const PATH = pathOf('', 'missing', 'shim', 'plain-file', 'folder', 'real', 'other')
  expect(findCodex({ PATH })).toBe(real)
})

test('TACHO_CODEX beats PATH, and an empty one is none', () => {
  const [real, other] = [program('real'), program('other')]
  const PATH = pathOf('real')
  expect(findCodex({ PATH, TACHO_CODEX: other })).toBe(other)
  expect(findCodex({ PATH, TACHO_CODEX: '' })).toBe(real)
})

test('a shim in TACHO_CODEX would call itself for ever', () => {
  const shim = program('shim', `#!/bin/sh\n# ${SHIM_MARK}\n`)
  expect(() => findCodex({ TACHO_CODEX: shim })).toThrow(/Tacho's own shim/)
})

test.each([{}, { PATH: '' }, { PATH: '/nonexistent:' }])('with %j there is none', (environment) => {
  expect(() => findCodex(environment)).toThrow(NoProgram)
  expect(() => findCodex(environment)).toThrow(/npm install -g @openai\/codex/)
})

test('what cannot be read is no shim', () => {
  expect(isShim(join(root, 'missing'))).toBe(false)
  expect(isShim(root)).toBe(false)
})
