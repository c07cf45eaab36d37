import { arch, platform } from 'node:process'
import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

const version = '2.1.332'

// `claude` itself is created by an install script of the package, and we run no install scripts.
const native = `@anthropic-ai/claude-code-${platform}-${arch}`

/** Anthropic's Claude Code: one native program, in a package for each platform. */
export const claude: Program = {
  name: 'claude',
  version,
  executable: `node_modules/${native}/${platform === 'win32' ? 'claude.exe' : 'claude'}`,
  cost: 'about 400 MB from the npm registry, usually under a minute',
  async make(folder, step) {
    step('downloading')
    await installPackage(folder, `${native}@${version}`)
  },
}
