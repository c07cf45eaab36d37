import { INTEGRATIONS } from './bundle/library.js'

/** What the package `tacho` exports (`exports` in its manifest). */
export const PACKAGE_EXPORTS = {
  '.': { types: './types/index.d.ts', default: './dist/bundle/api.cjs' },
  './register': { import: './bin/register.mjs', default: './bin/register.cjs' },
  ...Object.fromEntries(
    Object.keys(INTEGRATIONS).map((name) => [
      `./${name}`,
      { types: `./types/${name}.d.ts`, default: `./dist/bundle/${name}.cjs` },
    ]),
  ),
  './package.json': './package.json',
}
