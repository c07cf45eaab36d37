import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { build as buildPage } from 'vite'
import { isMainModule } from './is-main-module.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LAUNCHER = join(ROOT, 'packages/launcher/dist')
const RECORDER = join(ROOT, 'packages/recorder/dist')
const CLI = join(ROOT, 'packages/cli/dist')
const VIEWER = join(ROOT, 'packages/viewer')
const COMMAND = join(CLI, 'command')
const FOLDER = join(CLI, 'bundle')

const COMMON = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // `require` where the source says `import()`.
  supported: { 'dynamic-import': false },
  legalComments: 'linked',
  logLevel: 'warning',
} satisfies BuildOptions

/**
 * Puts each `tacho <agent>` into a few files: a user waits for it each time, and Node takes 24 ms
 * more to find and load the modules one by one, 200 ms where a session is recorded. CommonJS, for
 * Node's ESM loader alone takes 4 ms.
 */
export async function bundle(): Promise<void> {
  await bundlePage()
  await bundleCli()
  await bundleQuick()
  await bundleCompletion()
  for (const name of await agentNames()) await bundleAgent(name)
  await bundleFile(join(LAUNCHER, 'taps/otlp/forwarder.js'))
  await bundleFile(join(LAUNCHER, 'taps/http/http2.js'))
  await bundleFile(join(LAUNCHER, 'run/open-recording.js'), {
    // The recorder finds the threads by it.
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: OWN_URL },
  })
  // The process that sends spans out, and, with it, the exporters.
  await bundleFile(join(RECORDER, 'live/sender-process.js'))
  // The thread that takes content codings off.
  await bundleFile(join(RECORDER, 'exchange/decoding/decoder-thread.js'))
}

/** The page of `tacho view`. What serves it finds it beside itself, in its own package or bundled. */
async function bundlePage(): Promise<void> {
  await buildPage({ configFile: join(VIEWER, 'vite.config.ts') })
  cpSync(join(VIEWER, 'dist/page'), join(CLI, 'page'), { recursive: true, force: true })
}

/**
 * All other commands: what each of them alone needs is a file of its own, read when it is run. These
 * are ES modules, for esbuild cuts no others into files.
 */
async function bundleCli(): Promise<void> {
  // Their names change with what is in them.
  rmSync(COMMAND, { recursive: true, force: true })
  await build({
    ...COMMON,
    format: 'esm',
    splitting: true,
    supported: {},
    entryPoints: [join(CLI, 'main.js')],
    outdir: COMMAND,
    // CommonJS modules among the dependencies ask for Node's own by it.
    banner: {
      js: "import { createRequire as ownRequire } from 'node:module'; const require = ownRequire(import.meta.url)",
    },
    external: RUNS_AGENTS,
  })
}

/**
 * The commands that are waited for. Each is a file of its own that holds nothing else: esbuild's
 * cutting puts all of the reader into one file, and Node takes 60 ms for what a list never needs.
 */
const QUICK = [
  ['ls', 'addLsCommand'],
  ['show', 'addShowCommand'],
  ['raw', 'addRawCommand'],
] as const

async function bundleQuick(): Promise<void> {
  for (const [name, add] of QUICK) {
    await bundleQuickFile(name, [
      `import { ${add} } from './commands/${name}.js'`,
      "import { run as runCommand } from './run.js'",
      `export const run = (words) => runCommand(words, ${add})`,
    ])
  }
}

async function bundleQuickFile(name: string, lines: readonly string[]): Promise<void> {
  await build({
    ...COMMON,
    stdin: { contents: lines.join('\n'), resolveDir: CLI },
    outfile: join(CLI, 'quick', `${name}.cjs`),
    external: RUNS_AGENTS,
    minify: true,
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: OWN_URL },
  })
}

/** What is made of the definitions of all commands: the tree that completion reads, and the manual page. */
async function bundleCompletion(): Promise<void> {
  const { commandTree, fullProgram, manPage }: CommandTree = await import(
    join(CLI, 'command-tree/index.js')
  )
  const tacho = await fullProgram()
  const tree = commandTree(tacho)
  writeFileSync(join(CLI, 'command-tree.json'), JSON.stringify(tree))
  writeFileSync(join(CLI, 'tacho.1'), manPage(tree, tacho.version()))
  await bundleQuickFile('complete', [
    "import { complete } from './completion/complete.js'",
    'export const run = ([, ...words]) => complete(words)',
  ])
}

// A clone has no types of it before the build.
type CommandTree = {
  fullProgram: () => Promise<{ version(): string }>
  commandTree: (program: object) => object
  manPage: (tree: object, version: string) => string
}

// An agent is run from its own bundle.
const RUNS_AGENTS = ['./recorded.js', './record-agent.js']

// esbuild leaves it empty in CommonJS.
const OWN_URL = "const ownUrl = require('node:url').pathToFileURL(__filename).href"

/** Where the list of agents is built by now: a clone has no types of it before. */
async function agentNames(): Promise<string[]> {
  const list: { AGENTS: readonly { name: string }[] } = await import(
    join(LAUNCHER, 'agents/index.js')
  )
  return list.AGENTS.map(({ name }) => name)
}

/** What starts an agent, and, in a file that is read only then, what records it. */
async function bundleAgent(name: string): Promise<void> {
  await bundleSource(`${name}.cjs`, [
    `import { agent } from './agents/${name}/index.js'`,
    "import { launch } from './run/launch.js'",
    'export const run = (args) => launch(agent, args, process.env)',
  ])
  await bundleSource(`${name}.recorded.cjs`, [
    `export { recorded } from './agents/${name}/recorded.js'`,
    "export { recordAgent } from './run/record-agent.js'",
  ])

  async function bundleSource(file: string, lines: readonly string[]): Promise<void> {
    await build({
      ...COMMON,
      stdin: { contents: lines.join('\n'), resolveDir: LAUNCHER },
      outfile: join(FOLDER, 'agents', file),
      plugins: [apart(name)],
      // What finds a thread by it is looked at here, and left out.
      logOverride: { 'empty-import-meta': 'silent' },
    })
  }
}

async function bundleFile(path: string, options: BuildOptions = {}): Promise<void> {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.js$/, '.cjs')
  await build({ ...COMMON, ...options, entryPoints: [path], outfile: join(FOLDER, file) })
}

// What a recorded run needs is a file for each agent, read only then; and what writes the record is
// another, read while the agent is already starting.
function apart(agent: string): Plugin {
  return {
    name: 'apart',
    setup(bundler) {
      bundler.onResolve({ filter: RECORDED }, ({ kind }) => left(kind, `./${agent}.recorded.cjs`))
      bundler.onResolve({ filter: SHARED }, ({ kind, path }) =>
        left(kind, `../${SHARED.exec(path)?.[1]}.cjs`),
      )
    },
  }
}

const RECORDED = /\/(?:record-agent|recorded)\.js$/
const SHARED = /\/(open-recording|forwarder|http2)\.js$/

function left(kind: string, path: string): { path: string; external: true } | undefined {
  return kind === 'dynamic-import' ? { path, external: true } : undefined
}

if (isMainModule(import.meta.url)) await bundle()
