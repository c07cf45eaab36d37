import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

const version = '1.18.33'

// `opencode-ai` puts one of these in place with an install script, and we run no install scripts.
const native = `opencode-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** opencode: a native program, in a package for each platform. */
export const opencode: Program = {
  name: 'opencode',
  version,
  executable: `node_modules/${native}/bin/opencode`,
  cost: 'about 180 MB from the npm registry, usually under a minute',
  async make(folder, step) {
    step('downloading')
    await installPackage(folder, `${native}@${version}`)
  },
}
