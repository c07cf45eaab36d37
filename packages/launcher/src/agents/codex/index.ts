import { join } from 'node:path'
import type { AgentMode, InstalledAgent } from '../agent.js'
import { codexHome } from './home.js'
import { type CodexMode, codexMode } from './subcommand.js'

/** OpenAI's Codex: its TUI, `codex exec` and `codex app-server` (0.169). */
export const agent: InstalledAgent = {
  name: 'codex',
  title: 'Codex',
  program: {
    command: 'codex',
    variable: 'TACHO_CODEX',
    install: 'npm install -g @openai/codex',
  },
  hasAdapters: true,
  modeOf(args) {
    const mode = codexMode(args)
    return mode && MODES[mode]
  },
  home: codexHome,
  sessionsRoot: (environment) => join(codexHome(environment), 'sessions'),
  load: async () => (await import('./recorded.js')).recorded,
}

const MODES: Record<CodexMode, AgentMode> = {
  // A hook reports an interruption, once the TUI has dropped its requests.
  tui: { name: 'tui', hasScreen: true, lateCancelMilliseconds: 1000 },
  exec: { name: 'exec' },
  'app-server': { name: 'app-server', speaksThroughUs: true },
}
