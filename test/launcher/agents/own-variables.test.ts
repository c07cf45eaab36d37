import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../../host/index.js'

const PACKAGES = join(repositoryRoot, 'packages')
const AGENTS = 'launcher/src/agents/'

const sources = readdirSync(PACKAGES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path))
  .map((path) => ({ path, code: withoutComments(readFileSync(join(PACKAGES, path), 'utf8')) }))

test('the environment variables of one agent are read nowhere else than in its folder', () => {
  const strangers = sources
    .filter(({ path }) => !path.startsWith(AGENTS))
    .filter(({ code }) =>
      /\b(?:CODEX|TACHO_CODEX|CLAUDE|ANTHROPIC|GEMINI|OPENCODE)(?:_|\b)/.test(code),
    )
  expect(strangers.map(({ path }) => path)).toEqual([])
})

test('no agent knows another', () => {
  const names = readdirSync(join(PACKAGES, AGENTS), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  for (const name of names) {
    const folder = join(PACKAGES, AGENTS, name)
    const outside = sources
      .filter(({ path }) => path.startsWith(`${AGENTS}${name}/`))
      .flatMap(({ path, code }) =>
        [...code.matchAll(/from '(\.[^']+)'/g)].map(([, to = '']) =>
          relative(join(PACKAGES, AGENTS), join(PACKAGES, path, '..', to)),
        ),
      )
      .filter((to) => names.some((other) => other !== name && to.startsWith(`${other}/`)))
    expect(outside, folder).toEqual([])
  }
})

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '')
}
