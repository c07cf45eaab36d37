import { arch, platform } from 'node:process'
import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

const version = '2.1.332'

// `claude` itself is made by a script of the package's when it is installed, and ours runs none.
const native = `@anthropic-ai/claude-code-${platform}-${arch}`

/** Anthropic's Claude Code: one native program, in a package of its own for each platform. */
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
