export { apiErrorCode, finishCode, type ToldError } from './api/api-error-code.js'
export { systemErrorCode } from './api/system-error-code.js'
export {
  type Cause,
  CERTAINTIES,
  type Certainty,
  type Clue,
  type Diagnosis,
  type EvidencePlace,
  type InFlight,
  type Pointer,
  type SessionEnd,
} from './cause.js'
export { CAUSE_CODES, type CauseCode, END_CODES, type EndCode } from './codes.js'
export { diagnose } from './diagnose.js'
export type { RequestStep } from './request-step.js'
export type {
  Call,
  CallPlaces,
  LogWords,
  Machine,
  RunSeen,
  SessionCase,
  Silence,
} from './session-case.js'
export { questionAbout } from './waiting.js'
export { agoWords } from './words.js'
