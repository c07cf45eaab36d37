import { API_CASES } from './cases/api.js'
import { CONTEXT_CASES } from './cases/context.js'
import { CONVERSATION_CASES } from './cases/conversations.js'
import { DISGUISED_CASES } from './cases/disguises.js'
import { END_CASES } from './cases/ends.js'
import { EVERYDAY_CASES } from './cases/everyday.js'
import { FROM_INSIDE_CASES } from './cases/from-inside.js'
import { HEALTHY_CASES } from './cases/healthy.js'
import { OTHER_API_CASES } from './cases/other-apis.js'
import { REAL_AGENT_CASES } from './cases/real-agents.js'
import { RECORDER_CASES } from './cases/recorder.js'
import { SAID_BY_TOOLS_CASES } from './cases/said-by-tools.js'
import { STRANGE_CASES } from './cases/strange-ends.js'
import { VARIANT_CASES } from './cases/variants.js'
import { WORDING_CASES } from './cases/wordings.js'
import { WORK_CASES } from './cases/work.js'

/** All sessions of the corpus. */
export const CORPUS = [
  ...API_CASES,
  ...OTHER_API_CASES,
  ...END_CASES,
  ...FROM_INSIDE_CASES,
  ...CONTEXT_CASES,
  ...CONVERSATION_CASES,
  ...WORK_CASES,
  ...VARIANT_CASES,
  ...WORDING_CASES,
  ...DISGUISED_CASES,
  ...EVERYDAY_CASES,
  ...SAID_BY_TOOLS_CASES,
  ...STRANGE_CASES,
  ...REAL_AGENT_CASES,
  ...RECORDER_CASES,
  ...HEALTHY_CASES,
]
