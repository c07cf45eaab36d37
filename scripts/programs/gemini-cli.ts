import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

const version = '0.61.0'

/** Google's Gemini CLI: a Node program in one bundle. */
export const geminiCli: Program = {
  name: 'gemini-cli',
  version,
  executable: 'node_modules/.bin/gemini',
  cost: 'about 100 MB from the npm registry, usually under a minute',
  async make(folder, step) {
    step('downloading')
    await installPackage(folder, `@google/gemini-cli@${version}`)
  },
}
