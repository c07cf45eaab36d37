import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundled, bundleFile, OWN_URL_OPTIONS, type Target } from './bundling.js'
import { large, usedConventions } from './left-out.js'
import { INTEGRATIONS } from './library.js'
import { LAUNCHER, RECORDER } from './places.js'

/**
 * Everything that records, in one file: what the launcher opens beside an agent, and the program
 * that records a host.
 */
export async function bundleRecorder(target: Target): Promise<void> {
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

/** What a host under `tacho/register` loads, and what that starts. */
export async function bundleRegister(target: Target): Promise<void> {
  await bundleFile(target, join(RECORDER, 'register/register.js'), OWN_URL_OPTIONS)
  await bundleFile(target, join(RECORDER, 'register/recorder/host-recorder.js'), OWN_URL_OPTIONS)
  await bundleFile(target, join(RECORDER, 'log/program-logger.js'), { plugins: [ownWinston()] })
  await bundleFile(target, join(RECORDER, 'register/apart/untold.js'), OWN_URL_OPTIONS)
  await bundled(target, {
    stdin: { contents: "module.exports = require('winston')", resolveDir: RECORDER },
    outfile: join(target.folder, 'bundle/winston.cjs'),
    // Leaves out its colours for developers of its own.
    define: { 'process.env.NODE_ENV': '"production"' },
  })
}

/** The recording code and a host's logger have it in a file beside them. */
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

/**
 * OpenTelemetry's API registers itself in a property of `globalThis`, where the host's
 * OpenTelemetry would find ours and ours the host's. Our bundle uses a property that nobody else
 * knows.
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
