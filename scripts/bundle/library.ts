import { basename, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundled, bundleFile, type Target } from './bundling.js'
import { CLI, READER, RECORDER } from './places.js'

/**
 * What a program imports as `tacho`. A program may import it to report on itself while nothing is
 * recorded, so the code that reads sessions is loaded on first use. It is CommonJS because Node's
 * ESM loader is slower, and because older versions of Node can `require` nothing else.
 */
export async function bundleApi(target: Target): Promise<void> {
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
    plugins: [errorClasses('./')],
  })
  await bundleFile(target, join(READER, 'reader-error.js'))
  await bundleFile(target, join(CLI, 'command-error.js'))
  const { opentelemetry, ...others } = INTEGRATIONS
  for (const [name, path] of Object.entries(others)) {
    await bundled(target, {
      entryPoints: [join(RECORDER, path)],
      outfile: join(target.folder, 'bundle', `${name}.cjs`),
    })
  }
  // The recording part already contains all of it.
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

/** The reading functions that a program can import. */
export async function readingNames(): Promise<string[]> {
  const exported: Record<string, unknown> = await import(join(CLI, 'api.js'))
  return Object.keys(exported).filter((name) => name !== 'session' && name !== 'ReaderError')
}

/** The class of an error is the same, whichever bundle throws it. */
export function errorClasses(folder: string): Plugin {
  return {
    name: 'error-classes',
    setup(bundler) {
      bundler.onResolve({ filter: /\/(?:reader|command)-error\.js$/ }, ({ path }) => ({
        path: `${folder}${basename(path, '.js')}.cjs`,
        external: true,
      }))
    },
  }
}
