// Only what the way without recording needs is loaded with this package; the rest is imported
// where a run is recorded.
export { codex } from './codex/codex.js'
export { codexesOnPath, findCodex, isShim, NoCodex, SHIM_MARK } from './codex/find-codex.js'
export { installShim, removeShims, ShimRefused, type ShimStatus, shimStatus } from './codex/shim.js'
