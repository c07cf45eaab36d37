// Only what the way without recording needs is loaded with this package; the rest is imported
// where a run is recorded.
export { codex } from './run/agent-command.js'
export { codexesOnPath, findCodex, isShim, NoCodex, SHIM_MARK } from './run/find-program.js'
export { installShim, removeShims, ShimRefused, type ShimStatus, shimStatus } from './shim/shim.js'
