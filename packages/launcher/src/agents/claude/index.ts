import { dirname } from 'node:path'
import { ownSessionsRoot } from '@tacho/format'
import type { Agent, AgentMode } from '../agent.js'
import { homeOf } from './home.js'
import { type ClaudeMode, claudeMode } from './mode.js'

/** Anthropic's Claude Code: its TUI, `-p`, and `-p` with a host on standard input (2.1.332). */
export const agent: Agent = {
  name: 'claude',
  title: 'Claude Code',
  program: {
    command: 'claude',
    variable: 'TACHO_CLAUDE',
    install: 'npm install -g @anthropic-ai/claude-code',
  },
  hasAdapters: true,
  modeOf(args) {
    const mode = claudeMode(args, process.stdout.isTTY === true)
    return mode && MODES[mode]
  },
  // Tacho puts nothing into Claude Code's own folder.
  home: (environment) => dirname(sessionsRoot(environment)),
  sessionsRoot,
  load: async () => (await import('./recorded.js')).recorded,
}

const MODES: Record<ClaudeMode, AgentMode> = {
  tui: { name: 'tui', hasScreen: true },
  print: { name: 'print' },
  'stream-json': { name: 'stream-json', speaksThroughUs: true },
}

function sessionsRoot(environment: NodeJS.ProcessEnv): string {
  return ownSessionsRoot(environment.XDG_STATE_HOME, homeOf(environment))
}
