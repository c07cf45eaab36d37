import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'esbuild'
import { bundled, OWN_URL, type Target } from './bundling.js'
import { large, left } from './left-out.js'
import { errorClasses, readingNames } from './library.js'
import { CLI, VIEWER } from './places.js'

/**
 * All other commands. What only one of them needs is a separate file, read when that command runs.
 * These are ES modules, because esbuild splits no other format.
 */
export async function bundleCli(target: Target): Promise<void> {
  const command = join(target.folder, 'command')
  // The names of the pieces change with their contents.
  rmSync(command, { recursive: true, force: true })
  await bundled(target, {
    format: 'esm',
    splitting: true,
    supported: {},
    entryPoints: {
      main: join(CLI, 'main.js'),
      // The thread in which `tacho view` explains a long session.
      'explain-thread': join(VIEWER, 'dist/server/explain-thread.js'),
    },
    outdir: command,
    plugins: [large('../bundle/')],
    // CommonJS dependencies use it to require Node's own modules.
    banner: {
      js: "import { createRequire as ownRequire } from 'node:module'; const require = ownRequire(import.meta.url)",
    },
    external: [...RUNS_AGENTS, ...RECORDS, ...OPTIONAL],
  })
}

/** The commands that a user waits for, and what adds them. */
const QUICK = {
  ls: 'addLsCommand',
  show: 'addShowCommand',
  raw: 'addRawCommand',
} as const

/**
 * The commands that a user waits for share one file, and so does whatever a program uses to read
 * sessions, because they need mostly the same code. esbuild's splitting puts the whole reader in
 * one piece too, and Node takes 60 ms to load the parts that these commands never use. `grep`
 * has a small file of its own, which is enough where nothing matches.
 */
export async function bundleQuick(target: Target): Promise<void> {
  const commands = Object.entries(QUICK)
  await bundleQuickFile(target, 'reading', [
    "import { run } from './run.js'",
    ...commands.map(([name, add]) => `import { ${add} } from './commands/${name}.js'`),
    ...commands.map(([name, add]) => `export const ${name} = (words) => run(words, ${add})`),
    "export { chosenSessions } from './chosen-sessions.js'",
    "export { searchSession } from './grep/search-session.js'",
    `export { ${(await readingNames()).join(', ')} } from '@tacho/reader'`,
  ])
  for (const [name] of commands) {
    const run = `exports.run = require('./reading.cjs').${name}\n`
    writeFileSync(join(target.folder, 'quick', `${name}.cjs`), run)
  }
  await bundleQuickFile(target, 'grep', [
    "import { run as runWith } from './run.js'",
    "import { addGrepCommand } from './commands/grep.js'",
    'export const run = (words) => runWith(words, addGrepCommand)',
  ])
}

async function bundleQuickFile(
  target: Target,
  name: string,
  lines: readonly string[],
): Promise<void> {
  await bundled(target, {
    stdin: { contents: lines.join('\n'), resolveDir: CLI },
    outfile: join(target.folder, 'quick', `${name}.cjs`),
    external: RUNS_AGENTS,
    plugins: [large('../bundle/'), errorClasses('../bundle/'), inReading()],
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: OWN_URL },
  })
}

/** What `grep` loads only when it needs it is in the file of the other commands. */
function inReading(): Plugin {
  return {
    name: 'in-reading',
    setup(bundler) {
      bundler.onResolve({ filter: /\/(?:chosen-sessions|search-session)\.js$/ }, ({ kind }) =>
        left(kind, './reading.cjs'),
      )
    },
  }
}

/**
 * What is generated from the definitions of all commands: the tree for completion, and the manual
 * page.
 */
export async function bundleCompletion(target: Target): Promise<void> {
  const { commandTree, fullProgram, manPage, treeText }: CommandTree = await import(
    join(CLI, 'command-tree/index.js')
  )
  const tacho = await fullProgram()
  const tree = commandTree(tacho)
  writeFileSync(join(target.folder, 'command-tree.json.gz'), gzipSync(treeText(tree), { level: 9 }))
  writeFileSync(join(target.folder, 'tacho.1'), manPage(tree, tacho.version()))
  await bundleQuickFile(target, 'complete', [
    "import { complete } from './completion/complete.js'",
    'export const run = ([, ...words]) => complete(words)',
  ])
}

// A fresh clone has no types for it before the build.
type CommandTree = {
  fullProgram: () => Promise<{ version(): string }>
  commandTree: (program: object) => object
  manPage: (tree: object, version: string) => string
  treeText: (tree: object) => string
}

// What a command takes from the recorder does not record, yet esbuild would emit a file for it.
const RECORDS = ['./undici-spans.js']

// An agent runs from its own bundle.
const RUNS_AGENTS = ['./recorded.js', './record-agent.js']

// Native or large packages are optional dependencies: they are found where npm put them, or not at
// all.
const OPTIONAL = ['@duckdb/node-api', '@modelcontextprotocol/sdk/*', 'zod']
