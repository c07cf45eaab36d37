import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { ROOT } from './places.js'

const WS_PARTS = ['Receiver', 'PerMessageDeflate', 'extension']

/** What stands in the place of modules that a bundle does without, by how they are asked for. */
const LEFT_OUT: readonly [RegExp, string][] = [
  // A second parser, for processors without vectors: those that Node's own V8 runs on have them.
  [/\/llhttp-wasm\.js$/, "throw new Error('This processor has no SIMD for WebAssembly.')"],
  // Forms as the body of a request, and with them half of fetch: what we send is bytes.
  [
    /\/web\/fetch\/body\.js$/,
    "exports.extractBody = () => { throw new Error('No form is sent.') }",
  ],
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

export function leftOut(): Plugin {
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
export function large(folder: string): Plugin {
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

/**
 * CommonJS modules ask for all of the semantic conventions, 80 KB, and use a few: they get those.
 */
export function usedConventions(): Plugin {
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

export function left(kind: string, path: string): { path: string; external: true } | undefined {
  return kind === 'dynamic-import' ? { path, external: true } : undefined
}
