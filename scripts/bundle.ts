import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { isMainModule } from './is-main-module.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

// What a recorded run needs is a file of its own, read only then; and what writes the record is
// another, read while the agent is already starting.
const apart: Plugin = {
  name: 'apart',
  setup(bundler) {
    bundler.onResolve({ filter: APART }, ({ kind, path }) => {
      const name = APART.exec(path)?.[1]
      return kind === 'dynamic-import' ? { path: `./${name}.cjs`, external: true } : undefined
    })
  },
}

const APART = /\/(record-agent|open-recording|forwarder|http2)\.js$/

/**
 * Puts `tacho codex` into a few files: a user waits for it each time, and Node takes 24 ms more to
 * find and load the modules one by one, 200 ms where a session is recorded. CommonJS, for Node's
 * ESM loader alone takes 4 ms.
 */
export async function bundle(): Promise<void> {
  const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // `require` where the source says `import()`.
    supported: { 'dynamic-import': false },
    legalComments: 'linked',
    logLevel: 'warning',
  } as const
  const folder = `${ROOT}/packages/cli/dist/bundle`
  await build({
    ...common,
    entryPoints: [`${ROOT}/packages/cli/dist/codex.js`],
    outfile: `${folder}/codex.cjs`,
    plugins: [apart],
  })
  await build({
    ...common,
    entryPoints: [`${ROOT}/packages/launcher/dist/run/record-agent.js`],
    outfile: `${folder}/record-agent.cjs`,
    plugins: [apart],
    // What finds a thread by it is looked at here, and left out.
    logOverride: { 'empty-import-meta': 'silent' },
  })
  await build({
    ...common,
    entryPoints: [`${ROOT}/packages/launcher/dist/taps/otlp/forwarder.js`],
    outfile: `${folder}/forwarder.cjs`,
  })
  await build({
    ...common,
    entryPoints: [`${ROOT}/packages/launcher/dist/taps/http/http2.js`],
    outfile: `${folder}/http2.cjs`,
  })
  await build({
    ...common,
    entryPoints: [`${ROOT}/packages/launcher/dist/run/open-recording.js`],
    outfile: `${folder}/open-recording.cjs`,
    // esbuild leaves it empty in CommonJS; the recorder finds the next one by it.
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href" },
  })
  // The thread that sends spans out, and, with it, the exporters.
  await build({
    ...common,
    entryPoints: [`${ROOT}/packages/recorder/dist/live/sender-thread.js`],
    outfile: `${folder}/sender-thread.cjs`,
  })
  // The thread that takes content codings off.
  await build({
    ...common,
    entryPoints: [`${ROOT}/packages/recorder/dist/exchange/decoding/decoder-thread.js`],
    outfile: `${folder}/decoder-thread.cjs`,
  })
}

if (isMainModule(import.meta.url)) await bundle()
