import { pathToFileURL } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import type { Plugin } from 'esbuild'

/**
 * What looks for secrets has programs for WebAssembly, which its source assembles from listings. A
 * bundle holds them assembled and compressed: the package would be larger than 3 MB.
 */
export function assembledPrograms(): Plugin {
  return {
    name: 'assembled-programs',
    setup(bundler) {
      bundler.onLoad({ filter: /\/scrub\/dist\/programs\.js$/ }, async ({ path }) => {
        const programs: Record<string, () => Uint8Array> = await import(pathToFileURL(path).href)
        const assembled = Object.entries(programs).map(([name, program]) => {
          const packed = brotliCompressSync(program()).toString('base64')
          return `export const ${name} = () => unpacked('${packed}')`
        })
        return { contents: [UNPACKED, ...assembled].join('\n') }
      })
    },
  }
}

const UNPACKED = `
  import { brotliDecompressSync } from 'node:zlib'
  const unpacked = (packed) => new Uint8Array(brotliDecompressSync(Buffer.from(packed, 'base64')))
`
