import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build as buildPage } from 'vite'
import type { Target } from './bundling.js'
import { CLI, VIEWER } from './places.js'

/**
 * The `tacho view` page. Its server finds it in its own folder, both in the workspace and when
 * bundled.
 */
export async function bundlePage({ folder, inputs }: Target): Promise<void> {
  const page = join(folder, 'page')
  const built = await buildPage({
    configFile: join(VIEWER, 'vite.config.ts'),
    build: { outDir: page, emptyOutDir: true },
  })
  packPage(page)
  if (folder === CLI) replace(join(VIEWER, 'dist/page'), page)
  const chunks = 'output' in built ? built.output : []
  for (const chunk of chunks.flatMap((one) => (one.type === 'chunk' ? one : []))) {
    for (const module of chunk.moduleIds) inputs.add(module)
  }
}

/** It shrinks to a third, and the package has a size limit. */
function packPage(page: string): void {
  for (const name of readdirSync(page).filter((one) => /\.(?:js|css)$/.test(one))) {
    const path = join(page, name)
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
    rmSync(path)
  }
}

function replace(folder: string, by: string): void {
  rmSync(folder, { recursive: true, force: true })
  cpSync(by, folder, { recursive: true })
}
