import { createRequire } from 'node:module'
import { brotliCompressSync } from 'node:zlib'
import type { Plugin } from 'esbuild'

const require = createRequire(import.meta.url)

/**
 * undici has its HTTP parser in its source, as 54 KB of WebAssembly in base64. Compressed, it is a
 * third of that; it is unpacked when a connection is first opened.
 */
export function packedParser(): Plugin {
  return {
    name: 'packed-parser',
    setup(bundler) {
      bundler.onLoad({ filter: /\/llhttp_simd-wasm\.js$/ }, ({ path }) => {
        const parser: Buffer = require(path)
        const packed = brotliCompressSync(parser).toString('base64')
        return {
          contents: [
            "const { brotliDecompressSync } = require('node:zlib')",
            'let parser',
            `const unpacked = () => brotliDecompressSync(Buffer.from('${packed}', 'base64'))`,
            "Object.defineProperty(module, 'exports', { get: () => (parser ??= unpacked()) })",
          ].join('\n'),
        }
      })
    },
  }
}
