import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

const version = '0.169.0'

/** OpenAI's Codex: its package holds one native program per platform. */
export const codex: Program = {
  name: 'codex',
  version,
  executable: 'node_modules/.bin/codex',
  cost: 'about 400 MB from the npm registry, usually under a minute',
  async make(folder, step) {
    step('downloading')
    await installPackage(folder, `@openai/codex@${version}`)
  },
}
