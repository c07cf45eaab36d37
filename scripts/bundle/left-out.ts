import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { ROOT } from './places.js'

const WS_PARTS = ['Receiver', 'PerMessageDeflate', 'extension']

/** Replacements for modules that a bundle does without, by the name in the import. */
const LEFT_OUT: readonly [RegExp, string][] = [
  // A second parser for processors without SIMD. Every processor that V8 supports has it.
  [/\/llhttp-wasm\.js$/, "throw new Error('This processor has no SIMD for WebAssembly.')"],
  // Form data as a request body would bring in half of fetch; we send only bytes.
  [
    /\/web\/fetch\/body\.js$/,
    "exports.extractBody = () => { throw new Error('No form is sent.') }",
  ],
  // Streams for versions of Node that had none of their own.
  [/^readable-stream$/, "module.exports = require('node:stream')"],
  [
    /^readable-stream\/lib\/_stream_writable\.js$/,
    "module.exports = require('node:stream').Writable",
  ],
  // We log through our own transport, and a program that adds others to its logger has its own
  // winston.
  [/^\.\/winston\/transports$/, 'module.exports = {}'],
  // Joke lettering, in the same package as the colours.
  [/^\.\/custom\/(?:trap|zalgo)$/, 'module.exports = (text) => text'],
  // They would route a host's `require` and `import` through us, and we instrument no modules.
  [/^(?:require|import)-in-the-middle$/, 'exports.Hook = class {}'],
  // Only its frame reader is used, not its client or server.
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

/** None of our commands is a separate program, and Node takes 3 ms to load what starts programs. */
export function withoutPrograms(): Plugin {
  return {
    name: 'without-programs',
    setup(bundler) {
      bundler.onResolve({ filter: /^node:child_process$/ }, ({ path }) => ({
        path,
        namespace: 'without-programs',
      }))
      bundler.onLoad({ filter: /./, namespace: 'without-programs' }, () => ({ contents: '' }))
    },
  }
}

/** A large part that several bundles need is a bundle of its own. */
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
 * CommonJS modules load all 80 KB of the semantic conventions and use a few of them; they get only
 * those.
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
