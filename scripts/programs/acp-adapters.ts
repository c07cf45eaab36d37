import { installWithoutNatives } from './npm-package.js'
import type { Program } from './program.js'

/** Another version here makes another folder: increment it. */
const PACKAGES = [
  '@agentclientprotocol/claude-agent-acp@0.101.0',
  '@agentclientprotocol/codex-acp@2.6.0',
]

/**
 * Claude Code and Codex as agents of the Agent Client Protocol. They use the native programs of
 * {@link claude} and {@link codex}, so their own copies are left out.
 */
export const acpAdapters: Program = {
  name: 'acp-adapters',
  version: '1',
  executable: 'node_modules/.bin/claude-agent-acp',
  cost: 'about 80 MB from the npm registry, usually under a minute',
  async make(folder, step) {
    step('downloading')
    await installWithoutNatives(folder, ...PACKAGES)
  },
}
