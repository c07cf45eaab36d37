export { type Certificate, CertificateAuthority, type CertificateKind } from './certificates.js'
export { type CodexHome, type CodexHomeOptions, codexHome } from './codex-home.js'
export { cleanEnvironment, type EnvironmentFolders, SCRIPTED_KEY } from './environment.js'
export { eventually } from './eventually.js'
export { withHostNames } from './host-names.js'
export { type Login, logIn } from './log-in.js'
export type { Output } from './output.js'
export {
  type Command,
  type Ended,
  type ProcessOptions,
  type Running,
  run,
  start,
} from './process.js'
export { codexCommand, programPath, tachoCommand } from './programs.js'
export { repositoryRoot } from './repository.js'
