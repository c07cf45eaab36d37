import { defineConfig } from 'vitest/config'

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Real agents start, talk and end in a test; a hang must still end before the patience does.
    // Real terminals and agents on a shared machine: CI looks twice before it calls a thing broken.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // The packages are tested as they are built and as users load them: by Node and not by Vite.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
  },
})
