import type { Switches } from '../switches.js'
import type { CodexMode } from './subcommand.js'

/** A run of Codex that leaves something behind. */
export type RecordedRun = { codex: string; mode: CodexMode; switches: Switches }
