import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attributesOutOfList, untoldAttributes } from './check-docs/attributes.js'
import { untoldCauses } from './check-docs/causes.js'
import { unknownCommands } from './check-docs/commands.js'
import { unlistedErrors } from './check-docs/errors.js'
import { brokenLinks } from './check-docs/links.js'
import { readPage } from './check-docs/page.js'
import { brokenSnippets } from './check-docs/snippets.js'
import { tachoCommands } from './check-docs/tacho-commands.js'
import { unwantedWords } from './check-docs/tree.js'

// This runs from scripts/dist.
const repository = join(dirname(fileURLToPath(import.meta.url)), '../..')

process.exitCode = check(resolve(process.argv[2] ?? repository))

/** Checks the pages of a tree and prints each problem on a line. */
function check(root: string): number {
  const pages = pagesOf(root).map((file) => readPage(root, file))
  const problems = [
    ...brokenLinks(root, pages),
    ...unknownCommands(
      root,
      pages,
      tachoCommands(join(repository, 'packages/cli/dist/command-tree.json.gz')),
    ),
    ...brokenSnippets(repository, pages),
    ...untoldAttributes(root),
    ...attributesOutOfList(root),
    ...unlistedErrors(root),
    ...untoldCauses(root),
    ...unwantedWords(root),
  ]
  for (const { file, line, message } of problems) {
    process.stderr.write(`${file}:${line}: ${message}\n`)
  }
  return problems.length === 0 ? 0 : 1
}

/** The pages at the root and in docs/. */
function pagesOf(root: string): string[] {
  return ['', 'docs'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .filter((name) => name.endsWith('.md'))
          .sort()
          .map((name) => join(folder, name))
      : [],
  )
}
