// This package loads only what a run without recording needs; a recorded run imports the rest.
export type {
  Agent,
  AgentMode,
  AgentProgram,
  AgentTaps,
  InstalledAgent,
  RecordedAgent,
  TappedRun,
} from './agents/agent.js'
export { isInstalled } from './agents/agent.js'
export { AGENTS } from './agents/index.js'
export { listenForUser, type UserListener } from './network/listen-for-user.js'
export { findProgram, isShim, NoProgram, programsOnPath, SHIM_MARK } from './run/find-program.js'
export { launch } from './run/launch.js'
export { installShim, removeShims, ShimRefused, type ShimStatus, shimStatus } from './shim/shim.js'
export type { Upstream } from './taps/http/upstream.js'
export type { LogExport } from './taps/otlp/log-export.js'
export type { StartChange } from './taps/start-change.js'
