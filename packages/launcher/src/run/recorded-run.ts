import type { CodexMode } from '../agents/codex/subcommand.js'
import type { Switches } from './switches.js'

/** A run of Codex that leaves something behind. */
export type RecordedRun = { codex: string; mode: CodexMode; switches: Switches }
