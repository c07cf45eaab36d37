import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Block, Page } from './page.js'
import type { Problem } from './problem.js'

const LANGUAGES = new Set(['ts', 'typescript', 'js', 'javascript'])

/**
 * TypeScript's errors for the examples in pages that import our packages.
 *
 * @param repository in which the packages are built and TypeScript is installed.
 */
export function brokenSnippets(repository: string, pages: readonly Page[]): Problem[] {
  const snippets = pages.flatMap(({ file, blocks }) =>
    blocks.filter(isOurs).map((block) => ({ file, block })),
  )
  if (snippets.length === 0) return []
  // Inside the repository, so that imports resolve to the packages.
  const parent = join(repository, 'scripts/dist')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'snippets-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'tsconfig.json'), settings(relative(folder, repository)))
    snippets.forEach(({ block }, index) => {
      writeFileSync(join(folder, `${index}.ts`), `${block.lines.join('\n')}\nexport {}\n`)
    })
    const compiler = join(repository, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
      cwd: folder,
    })
    return [...stdout.matchAll(/^(\d+)\.ts\((\d+),\d+\): error (.*)$/gm)].flatMap(
      ([, index, line, message = '']) => {
        const snippet = snippets[Number(index)]
        if (snippet === undefined) return []
        const { file, block } = snippet
        return [{ file, line: block.line + Number(line) - 1, message }]
      },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function isOurs({ language, lines }: Block): boolean {
  return LANGUAGES.has(language) && lines.some((line) => OURS.test(line))
}

/** Our packages, by the names that they use for each other or as the package that users install. */
const OURS = /from '(?:@tacho\/|tacho')/

function settings(toRepository: string): string {
  return JSON.stringify({
    extends: `${toRepository}/tsconfig.base.json`,
    compilerOptions: {
      ...{ noEmit: true, composite: false, declaration: false, sourceMap: false },
      types: ['node'],
      paths: { tacho: [`${toRepository}/packages/cli/dist/api.d.ts`] },
    },
    include: ['*.ts'],
  })
}
