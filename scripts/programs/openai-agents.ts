import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

const version = '0.20.0'
const MANIFEST = 'node_modules/@openai/agents/package.json'

/** The SDK that the example agent is made with, and what it needs: packages, and no program. */
export const openaiAgents: Program = {
  name: 'openai-agents',
  version,
  // There is none: its manifest stands for it.
  executable: MANIFEST,
  cost: 'about 90 MB from the npm registry, usually under half a minute',
  async make(folder, step) {
    step('downloading')
    await installPackage(folder, `@openai/agents@${version}`)
    await chmod(join(folder, MANIFEST), 0o755)
  },
}
