import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { build as buildPage } from 'vite'
import { type BundledPackage, packagesIn } from './bundled-packages.js'
import { isMainModule } from './is-main-module.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LAUNCHER = join(ROOT, 'packages/launcher/dist')
const RECORDER = join(ROOT, 'packages/recorder/dist')
const READER = join(ROOT, 'packages/reader/dist')
const OTLP = join(ROOT, 'packages/otlp/dist')
const CLI = join(ROOT, 'packages/cli/dist')
const VIEWER = join(ROOT, 'packages/viewer')

const WS_PARTS = ['Receiver', 'PerMessageDeflate', 'extension']

const COMMON = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // `require` where the source says `import()`.
  supported: { 'dynamic-import': false },
  // OpenTelemetry's packages are a third smaller as ES modules: what nobody uses is left out.
  mainFields: ['module', 'main'],
  minify: true,
  charset: 'utf8',
  // The licences of all that is bundled go with the package (scripts/pack.ts).
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions

/**
 * Puts each `tacho <agent>` into a few files: a user waits for it each time, and Node takes 24 ms
 * more to find and load the modules one by one, 200 ms where a session is recorded. CommonJS, for
 * Node's ESM loader alone takes 4 ms.
 *
 * @param folder where the bundles go: the folder of the command's own build, or that of a package.
 * @returns the packages of others that are in them.
 */
export async function bundle(folder = CLI): Promise<BundledPackage[]> {
  const target: Target = { folder, inputs: new Set() }
  await bundlePage(target)
  await bundleCli(target)
  await bundleQuick(target)
  await bundleCompletion(target)
  const agents = await agentNames()
  for (const name of agents) await bundleAgent(target, name)
  await bundleRecordedAgents(target, agents)
  await bundleFile(target, join(LAUNCHER, 'taps/otlp/forwarder.js'))
  await bundleFile(target, join(LAUNCHER, 'taps/http/http2.js'))
  await bundleFile(target, join(LAUNCHER, 'run/compiled.js'), OWN_URL_OPTIONS)
  await bundleRecorder(target)
  await bundleRegister(target)
  await bundleApi(target)
  // The process that sends spans out, and, with it, the exporters.
  await bundleFile(target, join(RECORDER, 'live/sender-process.js'))
  // The thread that takes content codings off.
  await bundleFile(target, join(RECORDER, 'exchange/decoding/decoder-thread.js'))
  // gRPC itself is as large as all else that records, and few send by it: it is optional.
  await bundleFile(target, join(OTLP, 'exporters/grpc.js'), { external: ['@grpc/grpc-js'] })
  await bundled(target, {
    // Nothing else of it is used, and its entry brings fetch, WebSockets and caches as well. That a
    // dispatcher can request, the entry gives to its prototype: so does this.
    stdin: {
      contents: [
        "import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'",
        "import request from 'undici/lib/api/api-request.js'",
        'Object.assign(Dispatcher.prototype, { request })',
        "export { default as Agent } from 'undici/lib/dispatcher/agent.js'",
      ].join('\n'),
      resolveDir: LAUNCHER,
    },
    outfile: join(target.folder, 'bundle', 'undici.cjs'),
  })
  await bundled(target, {
    stdin: { contents: "export * from 'commander'", resolveDir: CLI },
    outfile: join(target.folder, 'bundle', 'commander.cjs'),
  })
  // esbuild names files from the folder that it was run in.
  return packagesIn([...target.inputs].map((input) => resolve(input)))
}

/**
 * All that records, in one file: what the launcher opens beside an agent, and the program of the process
 * that records a host.
 */
async function bundleRecorder(target: Target): Promise<void> {
  await bundled(target, {
    stdin: {
      contents: [
        "export * from './run/open-recording.js'",
        `export { recordHost } from ${JSON.stringify(join(RECORDER, 'register/recorder/record-host.js'))}`,
        `export * from ${JSON.stringify(join(RECORDER, INTEGRATIONS.opentelemetry))}`,
      ].join('\n'),
      resolveDir: LAUNCHER,
    },
    outfile: join(target.folder, 'bundle/open-recording.cjs'),
    plugins: [large('./'), usedConventions(), ownApi(), ownWinston()],
    ...OWN_URL_OPTIONS,
  })
}

/** What is loaded into a host that registers us, and what that starts. */
async function bundleRegister(target: Target): Promise<void> {
  await bundleFile(target, join(RECORDER, 'register/register.js'), OWN_URL_OPTIONS)
  await bundleFile(target, join(RECORDER, 'register/recorder/host-recorder.js'), OWN_URL_OPTIONS)
  await bundleFile(target, join(RECORDER, 'log/program-logger.js'), { plugins: [ownWinston()] })
  await bundled(target, {
    stdin: { contents: "module.exports = require('winston')", resolveDir: RECORDER },
    outfile: join(target.folder, 'bundle/winston.cjs'),
    // Its colours for its own developers stay away.
    define: { 'process.env.NODE_ENV': '"production"' },
  })
}

/** What records, and the logger of a host, have it in one file beside them. */
function ownWinston(): Plugin {
  return {
    name: 'own-winston',
    setup(bundler) {
      bundler.onResolve({ filter: /^winston$/ }, () => ({ path: './winston.cjs', external: true }))
      bundler.onResolve({ filter: /^winston-transport$/ }, ({ path }) => ({
        path,
        namespace: 'own-winston',
      }))
      bundler.onLoad({ filter: /./, namespace: 'own-winston' }, () => ({
        contents: "module.exports = require('winston').Transport",
      }))
    },
  }
}

/** Where bundles go, and every file that went into one. */
type Target = { folder: string; inputs: Set<string> }

async function bundled({ inputs }: Target, options: BuildOptions): Promise<void> {
  const plugins = [leftOut(), ...(options.plugins ?? [])]
  const { metafile } = await build({ ...COMMON, ...options, plugins })
  for (const input of Object.keys(metafile?.inputs ?? {}))
    inputs.add(input.replace(/^used-conventions:/, ''))
}

/** The page of `tacho view`. What serves it finds it beside itself, in its own package or bundled. */
async function bundlePage({ folder, inputs }: Target): Promise<void> {
  const page = join(folder, 'page')
  const built = await buildPage({
    configFile: join(VIEWER, 'vite.config.ts'),
    build: { outDir: page, emptyOutDir: true },
  })
  packPage(page)
  if (folder === CLI) replace(join(VIEWER, 'dist/page'), page)
  const chunks = 'output' in built ? built.output : []
  for (const chunk of chunks.flatMap((one) => (one.type === 'chunk' ? one : []))) {
    for (const module of chunk.moduleIds) inputs.add(module)
  }
}

/** A third of the size, in a package that has a limit. */
function packPage(page: string): void {
  for (const name of readdirSync(page).filter((one) => /\.(?:js|css)$/.test(one))) {
    const path = join(page, name)
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
    rmSync(path)
  }
}

function replace(folder: string, by: string): void {
  rmSync(folder, { recursive: true, force: true })
  cpSync(by, folder, { recursive: true })
}

/**
 * All other commands: what each of them alone needs is a file of its own, read when it is run. These
 * are ES modules, for esbuild cuts no others into files.
 */
async function bundleCli(target: Target): Promise<void> {
  const command = join(target.folder, 'command')
  // Their names change with what is in them.
  rmSync(command, { recursive: true, force: true })
  await bundled(target, {
    format: 'esm',
    splitting: true,
    supported: {},
    entryPoints: [join(CLI, 'main.js')],
    outdir: command,
    plugins: [large('../bundle/')],
    // CommonJS modules among the dependencies ask for Node's own by it.
    banner: {
      js: "import { createRequire as ownRequire } from 'node:module'; const require = ownRequire(import.meta.url)",
    },
    external: [...RUNS_AGENTS, ...RECORDS, ...OPTIONAL],
  })
}

/**
 * The commands that are waited for. They are in two files that hold nothing else: esbuild's cutting
 * puts all of the reader into one, and Node takes 60 ms for what a list never needs.
 */
const QUICK = {
  list: [['ls', 'addLsCommand']],
  // Most of the reader: a program that reads sessions has it from here.
  reading: [
    ['show', 'addShowCommand'],
    ['raw', 'addRawCommand'],
    ['grep', 'addGrepCommand'],
  ],
} as const

async function bundleQuick(target: Target): Promise<void> {
  for (const [file, commands] of Object.entries(QUICK)) {
    await bundleQuickFile(target, file, [
      "import { run } from './run.js'",
      ...commands.map(([name, add]) => `import { ${add} } from './commands/${name}.js'`),
      ...commands.map(([name, add]) => `export const ${name} = (words) => run(words, ${add})`),
      ...(file === 'reading'
        ? [`export { ${(await readingNames()).join(', ')} } from '@tacho/reader'`]
        : []),
    ])
    for (const [name] of commands) {
      const run = `exports.run = require('./${file}.cjs').${name}\n`
      writeFileSync(join(target.folder, 'quick', `${name}.cjs`), run)
    }
  }
}

/**
 * What a program imports as `tacho`. It may do so to tell of itself while nothing is recorded, so what
 * reads sessions is loaded when it is first called. CommonJS, for Node's ESM loader is slower, and an
 * older Node requires nothing else.
 */
async function bundleApi(target: Target): Promise<void> {
  await bundled(target, {
    stdin: {
      contents: [
        `export { session } from ${JSON.stringify(join(RECORDER, 'api/session.js'))}`,
        `export { ReaderError } from ${JSON.stringify(join(READER, 'reader-error.js'))}`,
        "const reader = () => require('../quick/reading.cjs')",
        ...(await readingNames()).map(
          (name) => `export const ${name} = (...given) => reader().${name}(...given)`,
        ),
      ].join('\n'),
      resolveDir: CLI,
    },
    outfile: join(target.folder, 'bundle/api.cjs'),
    external: ['../quick/reading.cjs'],
    plugins: [readerError('./')],
  })
  await bundleFile(target, join(READER, 'reader-error.js'))
  const { opentelemetry, ...others } = INTEGRATIONS
  for (const [name, path] of Object.entries(others)) {
    await bundled(target, {
      entryPoints: [join(RECORDER, path)],
      outfile: join(target.folder, 'bundle', `${name}.cjs`),
    })
  }
  // What records has all of it already.
  const exported: object = await import(join(RECORDER, opentelemetry))
  await bundled(target, {
    stdin: {
      contents: `export { ${Object.keys(exported).join(', ')} } from './open-recording.cjs'`,
      resolveDir: CLI,
    },
    outfile: join(target.folder, 'bundle/opentelemetry.cjs'),
    external: ['./open-recording.cjs'],
  })
}

/** What a program imports as `tacho/<name>`. */
export const INTEGRATIONS = {
  'ai-sdk': 'integrations/ai-sdk/index.js',
  'openai-agents': 'integrations/openai-agents/index.js',
  opentelemetry: 'integrations/opentelemetry.js',
}

/** The functions for reading that a program can import. */
async function readingNames(): Promise<string[]> {
  const exported: Record<string, unknown> = await import(join(CLI, 'api.js'))
  return Object.keys(exported).filter((name) => name !== 'session' && name !== 'ReaderError')
}

/** The class of an error is one and the same, whichever bundle throws it. */
function readerError(folder: string): Plugin {
  return {
    name: 'reader-error',
    setup(bundler) {
      bundler.onResolve({ filter: /\/reader-error\.js$/ }, () => ({
        path: `${folder}reader-error.cjs`,
        external: true,
      }))
    },
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
async function bundleCompletion(target: Target): Promise<void> {
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

// An agent is run from its own bundle.
// What a command takes of the recorder records nothing, and yet esbuild would keep a file of that.
const RECORDS = ['./undici-spans.js']

const RUNS_AGENTS = ['./recorded.js', './record-agent.js']

// What is compiled for one platform, or large, is found where npm has put it, or not: the package has
// it as an optional dependency.
const OPTIONAL = ['@duckdb/node-api', '@modelcontextprotocol/sdk/*', 'zod']

// esbuild leaves it empty in CommonJS.
const OWN_URL = "const ownUrl = require('node:url').pathToFileURL(__filename).href"
const OWN_URL_OPTIONS = { define: { 'import.meta.url': 'ownUrl' }, banner: { js: OWN_URL } }

/** Where the list of agents is built by now: a clone has no types of it before. */
async function agentNames(): Promise<string[]> {
  const list: { AGENTS: readonly { name: string }[] } = await import(
    join(LAUNCHER, 'agents/index.js')
  )
  return list.AGENTS.map(({ name }) => name)
}

/** What starts an agent, and, in a file that is read only then, what records it. */
async function bundleAgent(target: Target, name: string): Promise<void> {
  await bundleLauncher(target, `agents/${name}.cjs`, apart(name), [
    `import { agent } from './agents/${name}/index.js'`,
    "import { launch } from './run/launch.js'",
    'export const run = (args) => launch(agent, args, process.env)',
  ])
}

/** What records the agents, in one file: they have most of it in common. */
async function bundleRecordedAgents(target: Target, names: readonly string[]): Promise<void> {
  await bundleLauncher(target, 'recorded-agents.cjs', apart(), [
    ...names.map(
      (name, index) => `import { recorded as r${index} } from './agents/${name}/recorded.js'`,
    ),
    `export const recorded = { ${names.map((name, index) => `${JSON.stringify(name)}: r${index}`).join(', ')} }`,
    "export { recordAgent } from './run/record-agent.js'",
  ])
}

async function bundleLauncher(
  target: Target,
  file: string,
  plugin: Plugin,
  lines: readonly string[],
): Promise<void> {
  await bundled(target, {
    stdin: { contents: lines.join('\n'), resolveDir: LAUNCHER },
    outfile: join(target.folder, 'bundle', file),
    plugins: [plugin],
    external: [RECORDED_AGENTS],
    // What finds a thread by it is looked at here, and left out.
    logOverride: { 'empty-import-meta': 'silent' },
  })
}

async function bundleFile(target: Target, path: string, options: BuildOptions = {}): Promise<void> {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.js$/, '.cjs')
  await bundled(target, {
    ...options,
    entryPoints: [path],
    outfile: join(target.folder, 'bundle', file),
    plugins: [large('./'), usedConventions(), ...(options.plugins ?? [])],
  })
}

/**
 * OpenTelemetry's API keeps what is registered in a property of `globalThis`, where the host's own
 * OpenTelemetry finds it, and ours the host's: in our bundle it is a property that nobody else knows.
 */
function ownApi(): Plugin {
  const shared = 'Symbol.for(`opentelemetry.js.api.'
  return {
    name: 'own-api',
    setup(bundler) {
      bundler.onLoad({ filter: /@opentelemetry\/api\/.*\/global-utils\.js$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8')
        if (!source.includes(shared)) throw new Error(`${path} does not say ${shared} any more`)
        return { contents: source.replace(shared, 'Symbol(`opentelemetry.js.api.') }
      })
    },
  }
}

/**
 * CommonJS modules ask for all of the semantic conventions, 80 KB, and use a few: they get those.
 */
function usedConventions(): Plugin {
  return {
    name: 'used-conventions',
    setup(bundler) {
      bundler.onResolve({ filter: /^@opentelemetry\/semantic-conventions$/ }, (asked) =>
        asked.kind === 'require-call'
          ? { path: asked.importer, namespace: 'used-conventions' }
          : undefined,
      )
      bundler.onLoad({ filter: /./, namespace: 'used-conventions' }, ({ path }) => {
        const used = readFileSync(path, 'utf8').matchAll(/semantic_conventions_1\.(\w+)/g)
        const names = [...new Set([...used].map(([, name]) => name))].join(', ')
        return {
          contents: `export { ${names} } from '@opentelemetry/semantic-conventions'`,
          resolveDir: dirname(path),
        }
      })
    },
  }
}

/** What stands in the place of modules that a bundle does without, by how they are asked for. */
const LEFT_OUT: readonly [RegExp, string][] = [
  // A second parser, for processors without vectors: those that Node's own V8 runs on have them.
  [/\/llhttp-wasm\.js$/, "throw new Error('This processor has no SIMD for WebAssembly.')"],
  // Node's streams for a Node that had none yet.
  [/^readable-stream$/, "module.exports = require('node:stream')"],
  [
    /^readable-stream\/lib\/_stream_writable\.js$/,
    "module.exports = require('node:stream').Writable",
  ],
  // We write by a transport of ours, and a program that adds others to its logger has its own winston.
  [/^\.\/winston\/transports$/, 'module.exports = {}'],
  // Lettering for fun, among the colours of the same.
  [/^\.\/custom\/(?:trap|zalgo)$/, 'module.exports = (text) => text'],
  // They would have a host's `require` and `import` go through us. We instrument no modules.
  [/^(?:require|import)-in-the-middle$/, 'exports.Hook = class {}'],
  // What reads frames along, and no client and no server.
  [
    /^ws$/,
    ['receiver', 'permessage-deflate', 'extension']
      .map((name) => `require(${JSON.stringify(join(ROOT, 'node_modules/ws/lib', `${name}.js`))})`)
      .reduce((all, one, index) => `${all}exports.${WS_PARTS[index]} = ${one};`, ''),
  ],
]

function leftOut(): Plugin {
  return {
    name: 'left-out',
    setup(bundler) {
      for (const [index, [filter, contents]] of LEFT_OUT.entries()) {
        bundler.onResolve({ filter }, ({ path }) => ({
          path: `${index}:${path}`,
          namespace: 'left-out',
        }))
        bundler.onLoad({ filter: new RegExp(`^${index}:`), namespace: 'left-out' }, () => ({
          contents,
          resolveDir: ROOT,
        }))
      }
    },
  }
}

/** What several bundles need and is large is a bundle of its own. */
function large(folder: string): Plugin {
  return {
    name: 'large',
    setup(bundler) {
      bundler.onResolve({ filter: /^(?:undici|commander)$/ }, ({ path }) => ({
        path: `${folder}${path}.cjs`,
        external: true,
      }))
      bundler.onResolve({ filter: /\/exporters\/grpc\.js$/ }, ({ kind }) =>
        left(kind, `${folder}grpc.cjs`),
      )
    },
  }
}

// What a recorded run needs is a file of its own, read only then; and what writes the record is another,
// read while the agent is already starting.
function apart(agent?: string): Plugin {
  const shared = agent === undefined ? './' : '../'
  return {
    name: 'apart',
    setup(bundler) {
      // An agent's stands in its folder.
      bundler.onResolve({ filter: RECORDED }, ({ kind, importer }) =>
        kind === 'dynamic-import'
          ? { path: basename(dirname(importer)), namespace: 'recorded' }
          : undefined,
      )
      bundler.onLoad({ filter: /./, namespace: 'recorded' }, ({ path }) => ({
        contents: [
          `const all = require('${RECORDED_AGENTS}')`,
          `export const recorded = all.recorded[${JSON.stringify(path)}]`,
          'export const recordAgent = all.recordAgent',
        ].join('\n'),
      }))
      bundler.onResolve({ filter: SHARED }, ({ kind, path }) =>
        left(kind, `${shared}${SHARED.exec(path)?.[1]}.cjs`),
      )
    },
  }
}

const RECORDED_AGENTS = '../recorded-agents.cjs'
const RECORDED = /\/(?:record-agent|recorded)\.js$/
const SHARED = /\/(open-recording|forwarder|http2|compiled)\.js$/

function left(kind: string, path: string): { path: string; external: true } | undefined {
  return kind === 'dynamic-import' ? { path, external: true } : undefined
}

if (isMainModule(import.meta.url)) await bundle()
