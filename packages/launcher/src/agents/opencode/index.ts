import type { Agent, AgentMode } from '../agent.js'
import { ownFolder, ownSessions } from '../own-sessions.js'
import { type OpencodeMode, opencodeMode } from './subcommand.js'

/** opencode: its TUI, `opencode run`, and its servers (1.18). */
export const agent: Agent = {
  name: 'opencode',
  title: 'opencode',
  program: {
    command: 'opencode',
    variable: 'TACHO_OPENCODE',
    install: 'npm install -g opencode-ai',
  },
  modeOf(args) {
    const mode = opencodeMode(args)
    return mode && MODES[mode]
  },
  home: ownFolder,
  sessionsRoot: ownSessions,
  load: async () => (await import('./recorded.js')).recorded,
}

// opencode reports an interruption after it has dropped its requests.
const LATE_CANCEL_MILLISECONDS = 1000

const MODES: Record<OpencodeMode, AgentMode> = {
  tui: { name: 'tui', hasScreen: true, lateCancelMilliseconds: LATE_CANCEL_MILLISECONDS },
  'run-tui': { name: 'run', hasScreen: true },
  run: { name: 'run' },
  serve: { name: 'serve' },
  web: { name: 'web' },
  acp: { name: 'acp', speaksThroughUs: true },
}
