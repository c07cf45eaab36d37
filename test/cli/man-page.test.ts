import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

type Tree = { name: string; options?: { spellings: string[] }[]; commands?: Tree[] }

const built = (name: string) =>
  fileURLToPath(new URL(`../../packages/cli/dist/${name}`, import.meta.url))
const page = built('tacho.1')
const tree: Tree = JSON.parse(gunzipSync(readFileSync(built('command-tree.json.gz'))).toString())

const groff = spawnSync('groff', ['-man', '-Tascii', '-P-c', '-ww', '-rLL=200n', page], {
  encoding: 'utf8',
})

test('the manual page has every command with its options, and is sound', () => {
  expect(groff.error).toBeUndefined()
  expect(groff.stderr).toBe('')
  // Without overstriking, which makes letters bold on a printer.
  const text = groff.stdout.replaceAll(/.\x08/g, '').replaceAll(/\s+/g, ' ')
  const missing = linesOf(tree, []).filter((line) => !text.includes(line))
  expect(missing).toEqual([])
  expect(text).toContain('EXIT STATUS')
})

test('no line of the manual page begins as a macro that it does not mean', () => {
  const macros = readFileSync(page, 'utf8').match(/^['.]\S*/gm) ?? []
  const known = ['.TH', '.SH', '.SS', '.TP', '.B', '.I', '.br']
  expect(macros.filter((macro) => !known.includes(macro))).toEqual([])
})

function linesOf({ name, options = [], commands = [] }: Tree, above: readonly string[]): string[] {
  const names = [...above, name]
  return [
    names.join(' '),
    ...options.flatMap(({ spellings }) => spellings),
    ...commands.flatMap((below) => linesOf(below, names)),
  ]
}
