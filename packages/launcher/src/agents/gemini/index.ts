import type { Agent, AgentMode } from '../agent.js'
import { ownFolder, ownSessions } from '../own-sessions.js'
import { type GeminiMode, geminiMode } from './subcommand.js'

/** Google's Gemini CLI: its TUI, `gemini -p` and `gemini --acp` (0.61). */
export const agent: Agent = {
  name: 'gemini',
  title: 'Gemini CLI',
  program: {
    command: 'gemini',
    variable: 'TACHO_GEMINI',
    install: 'npm install -g @google/gemini-cli',
  },
  modeOf(args) {
    const mode = geminiMode(args, process.stdin.isTTY === true)
    return mode && MODES[mode]
  },
  home: ownFolder,
  sessionsRoot: ownSessions,
  toSettle: async (...where) => (await import('./to-settle.js')).toSettle(...where),
  load: async () => (await import('./recorded.js')).recorded,
}

const MODES: Record<GeminiMode, AgentMode> = {
  tui: { name: 'tui', hasScreen: true },
  prompt: { name: 'prompt' },
  acp: { name: 'acp', speaksThroughUs: true },
}
