import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { isMainModule } from './is-main-module.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LAUNCHER = join(ROOT, 'packages/launcher/dist')
const RECORDER = join(ROOT, 'packages/recorder/dist')
const FOLDER = join(ROOT, 'packages/cli/dist/bundle')

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
  for (const name of await agentNames()) await bundleAgent(name)
  await bundleFile(join(LAUNCHER, 'taps/otlp/forwarder.js'))
  await bundleFile(join(LAUNCHER, 'taps/http/http2.js'))
  await bundleFile(join(LAUNCHER, 'run/open-recording.js'), {
    // esbuild leaves it empty in CommonJS; the recorder finds the threads by it.
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href" },
  })
  // The thread that sends spans out, and, with it, the exporters.
  await bundleFile(join(RECORDER, 'live/sender-thread.js'))
  // The thread that takes content codings off.
  await bundleFile(join(RECORDER, 'exchange/decoding/decoder-thread.js'))
}

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
