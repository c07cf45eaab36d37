import { agent as acp } from './acp/index.js'
import type { Agent } from './agent.js'
import { agent as claude } from './claude/index.js'
import { agent as codex } from './codex/index.js'
import { agent as gemini } from './gemini/index.js'
import { agent as opencode } from './opencode/index.js'
import { agent as run } from './run/index.js'

/** The agents that Tacho knows. A new one is a folder of its own, and an entry here. */
export const AGENTS: readonly Agent[] = [codex, claude, gemini, opencode, acp, run]
