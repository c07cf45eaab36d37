import type { Program } from './program.js'
import { runCommand } from './run-command.js'

const version = '0.169.0'

/** OpenAI's Codex, the agent under record: its package holds one native program per platform. */
export const codex: Program = {
  name: 'codex',
  version,
  executable: 'node_modules/.bin/codex',
  cost: 'about 400 MB from the npm registry, usually under a minute',
  async make(folder, step) {
    step('downloading')
    const options = [
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    ]
    // Said outright, for `npm run` and the user's settings hand theirs on: the native program is an
    // optional dependency, and a workspace or a global install would go elsewhere.
    const here = ['--prefix', folder, '--include=optional', '--global=false', '--workspaces=false']
    await runCommand('npm', ['install', ...here, ...options, `@openai/codex@${version}`], {
      cwd: folder,
      missing: 'Install Node with its npm (https://nodejs.org) and run it again.',
    })
  },
}
