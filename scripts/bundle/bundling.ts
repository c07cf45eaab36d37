import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { assembledPrograms } from './assembled-programs.js'
import { large, leftOut, usedConventions } from './left-out.js'
import { packedParser } from './packed-parser.js'

const COMMON = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // `require` where the source says `import()`.
  supported: { 'dynamic-import': false },
  // As ES modules, OpenTelemetry's packages lose a third of their size: unused code is dropped.
  mainFields: ['module', 'main'],
  minify: true,
  // Escapes letters beyond ASCII: because of a single one, V8 keeps two bytes for each letter of the
  // file. What records an agent then takes 7 ms of processor time to load, not 4.6.
  charset: 'ascii',
  // The licences of everything bundled are part of the package (scripts/pack.ts).
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions

/** Where bundles go, and every file that went into one. */
export type Target = { folder: string; inputs: Set<string> }

/** Makes one bundle and notes what went into it. */
export async function bundled({ inputs }: Target, options: BuildOptions): Promise<void> {
  const plugins = [leftOut(), packedParser(), assembledPrograms(), ...(options.plugins ?? [])]
  const { metafile } = await build({ ...COMMON, ...options, plugins })
  for (const input of Object.keys(metafile?.inputs ?? {}))
    inputs.add(input.replace(/^used-conventions:/, ''))
}

/** One of our files, bundled with everything it needs under the same name. */
export async function bundleFile(
  target: Target,
  path: string,
  options: BuildOptions = {},
): Promise<void> {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.js$/, '.cjs')
  await bundled(target, {
    ...options,
    entryPoints: [path],
    outfile: join(target.folder, 'bundle', file),
    plugins: [large('./'), usedConventions(), ...(options.plugins ?? [])],
  })
}

// esbuild leaves `import.meta` empty in CommonJS.
export const OWN_URL = "const ownUrl = require('node:url').pathToFileURL(__filename).href"
export const OWN_URL_OPTIONS = { define: { 'import.meta.url': 'ownUrl' }, banner: { js: OWN_URL } }
