import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundled, OWN_URL, type Target } from './bundling.js'
import { large } from './left-out.js'
import { readerError, readingNames } from './library.js'
import { CLI, VIEWER } from './places.js'

/**
 * All other commands: what each of them alone needs is a file of its own, read when it is run. These
 * are ES modules, for esbuild cuts no others into files.
 */
export async function bundleCli(target: Target): Promise<void> {
  const command = join(target.folder, 'command')
  // Their names change with what is in them.
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
    // CommonJS modules among the dependencies ask for Node's own by it.
    banner: {
      js: "import { createRequire as ownRequire } from 'node:module'; const require = ownRequire(import.meta.url)",
    },
    external: [...RUNS_AGENTS, ...RECORDS, ...OPTIONAL],
  })
}

/** The commands that are waited for, and what adds them. */
const QUICK = {
  ls: 'addLsCommand',
  show: 'addShowCommand',
  raw: 'addRawCommand',
  grep: 'addGrepCommand',
} as const

/**
 * The commands that are waited for are in one file, and so is what a program has that reads sessions:
 * what they need is mostly the same. esbuild's cutting puts all of the reader into one as well, and
 * Node takes 60 ms for what they never need.
 */
export async function bundleQuick(target: Target): Promise<void> {
  const commands = Object.entries(QUICK)
  await bundleQuickFile(target, 'reading', [
    "import { run } from './run.js'",
    ...commands.map(([name, add]) => `import { ${add} } from './commands/${name}.js'`),
    ...commands.map(([name, add]) => `export const ${name} = (words) => run(words, ${add})`),
    `export { ${(await readingNames()).join(', ')} } from '@tacho/reader'`,
  ])
  for (const [name] of commands) {
    const run = `exports.run = require('./reading.cjs').${name}\n`
    writeFileSync(join(target.folder, 'quick', `${name}.cjs`), run)
  }
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
    plugins: [large('../bundle/'), ...(name === 'reading' ? [readerError('../bundle/')] : [])],
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: OWN_URL },
  })
}

/** What is made of the definitions of all commands: the tree that completion reads, and the manual page. */
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

// A clone has no types of it before the build.
type CommandTree = {
  fullProgram: () => Promise<{ version(): string }>
  commandTree: (program: object) => object
  manPage: (tree: object, version: string) => string
  treeText: (tree: object) => string
}

// What a command takes of the recorder records nothing, and yet esbuild would keep a file of that.
const RECORDS = ['./undici-spans.js']

// An agent is run from its own bundle.
const RUNS_AGENTS = ['./recorded.js', './record-agent.js']

// What is compiled for one platform, or large, is found where npm has put it, or not: the package has
// it as an optional dependency.
const OPTIONAL = ['@duckdb/node-api', '@modelcontextprotocol/sdk/*', 'zod']
