import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// biome-ignore lint/style/noDefaultExport: Vite reads the default export
export default defineConfig({
  root: fileURLToPath(new URL('src/page', import.meta.url)),
  base: '/page/',
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('dist/page', import.meta.url)),
    emptyOutDir: true,
    assetsDir: '',
    // Its policy forbids data: URLs.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2023',
  },
})
