import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'esbuild'
import { bundled, OWN_URL, type Target } from './bundling.js'
import { large, left } from './left-out.js'
import { errorClasses, readingNames } from './library.js'
import { CLI, READER, VIEWER } from './places.js'

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
      'reader-thread': READER_THREAD,
    },
    outdir: command,
    plugins: [large('../bundle/'), inQuick()],
    // CommonJS dependencies use it to require Node's own modules.
    banner: {
      js: "import { createRequire as ownRequire } from 'node:module'; const require = ownRequire(import.meta.url)",
    },
    external: [...RUNS_AGENTS, ...RECORDS, ...OPTIONAL],
  })
}

/** The commands that a user waits for, and what adds them. */
const QUICK = {
  listing: { ls: 'addLsCommand', grep: 'addGrepCommand' },
  reading: { show: 'addShowCommand', raw: 'addRawCommand' },
} as const

/**
 * The commands that a user waits for share one file, and so does whatever a program uses to read
 * sessions, because they need mostly the same code. esbuild's splitting puts the whole reader in
 * one piece too, and Node takes 60 ms to load the parts that these commands never use. `ls` and
 * `grep` share a small file, which is enough where no session has changed, and where nothing
 * matches.
 */
export async function bundleQuick(target: Target): Promise<void> {
  const { listing, reading } = QUICK
  await bundleQuickFile(target, 'listing', commandLines(listing), [inReading()])
  // The thread with which they list sessions that nobody has listed before.
  await bundled(target, {
    entryPoints: [READER_THREAD],
    outfile: join(target.folder, 'quick', 'reader-thread.cjs'),
    plugins: [inReading()],
  })
  await bundleQuickFile(target, 'reading', [
    ...commandLines(reading),
    "export { chosenSessions } from './chosen-sessions.js'",
    "export { searchSession } from './grep/search-session.js'",
    "export { decompress } from 'fzstd'",
    `export { readFolder, readListed } from ${JSON.stringify(READ_FOLDER)}`,
    `export { ${(await readingNames()).join(', ')} } from '@tacho/reader'`,
  ])
  for (const [file, commands] of Object.entries(QUICK)) {
    for (const name of Object.keys(commands)) {
      const run = `exports.run = require('./${file}.cjs').${name}\n`
      writeFileSync(join(target.folder, 'quick', `${name}.cjs`), run)
    }
  }
}

function commandLines(commands: Readonly<Record<string, string>>): string[] {
  return [
    "import { run } from './run.js'",
    ...Object.entries(commands).flatMap(([name, add]) => [
      `import { ${add} } from './commands/${name}.js'`,
      `export { ${add} }`,
      `export const ${name} = (words) => run(words, ${add})`,
    ]),
  ]
}

/** For help, the quick commands are taken from their files: nothing else runs them here. */
function inQuick(): Plugin {
  const places = new Map<string, { file: string; add: string }>(
    Object.entries(QUICK).flatMap(([file, commands]) =>
      Object.entries(commands).map(([name, add]) => [`./${name}.js`, { file, add }] as const),
    ),
  )
  return {
    name: 'in-quick',
    setup(bundler) {
      bundler.onResolve({ filter: /^\.\/[a-z]+\.js$/ }, ({ path, importer }) =>
        places.has(path) && importer === join(CLI, 'commands/index.js')
          ? { path, namespace: 'in-quick' }
          : undefined,
      )
      bundler.onResolve({ filter: /^\.\.\/quick\// }, ({ path }) => ({ path, external: true }))
      bundler.onLoad({ filter: /./, namespace: 'in-quick' }, ({ path }) => {
        const { file, add } = places.get(path) ?? {}
        return { contents: `export const { ${add} } = require('../quick/${file}.cjs')` }
      })
    },
  }
}

async function bundleQuickFile(
  target: Target,
  name: string,
  lines: readonly string[],
  plugins: readonly Plugin[] = [],
): Promise<void> {
  await bundled(target, {
    stdin: { contents: lines.join('\n'), resolveDir: CLI },
    outfile: join(target.folder, 'quick', `${name}.cjs`),
    external: RUNS_AGENTS,
    plugins: [large('../bundle/'), errorClasses('../bundle/'), ...plugins],
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: OWN_URL },
  })
}

/** What `ls` and `grep` load only when they need it is in the file of the other commands. */
function inReading(): Plugin {
  return {
    name: 'in-reading',
    setup(bundler) {
      bundler.onResolve({ filter: /\/(?:chosen-sessions|search-session)\.js$/ }, ({ kind }) =>
        left(kind, READING),
      )
      // What reads a session for a list and what opens a sealed log are called where nothing can be
      // waited for, so they are functions that load themselves.
      bundler.onResolve({ filter: /\/read-folder\.js$|^fzstd$/ }, ({ path }) => ({
        path,
        namespace: 'in-reading',
      }))
      bundler.onResolve({ filter: /^\.\/reading\.cjs$/ }, ({ path }) => ({ path, external: true }))
      bundler.onLoad({ filter: /./, namespace: 'in-reading' }, ({ path }) => {
        const names = path === 'fzstd' ? ['decompress'] : ['readFolder', 'readListed']
        const contents = names
          .map((name) => `exports.${name} = (...given) => require('${READING}').${name}(...given)`)
          .join('\n')
        return { contents }
      })
    },
  }
}

const READING = './reading.cjs'

const READER_THREAD = join(READER, 'session-index/reader-thread.js')

const READ_FOLDER = join(READER, 'session-index/read-folder.js')

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
