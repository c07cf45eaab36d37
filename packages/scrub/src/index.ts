export type { Headers } from './header-fields.js'
export { markerOfLength } from './marker.js'
export { notScrubbing } from './not-scrubbing.js'
export { readOwnRules, WrongRule } from './own-rules.js'
export { type AllScrubbed, encodeScrubbed, type Scrubbed, type ScrubbedBytes } from './scrubbed.js'
export {
  createScrubber,
  type Learning,
  type ScrubbedHeaders,
  type Scrubber,
  type ScrubberOptions,
  type ScrubStream,
} from './scrubber.js'
export { isSecretName } from './secret-name.js'
export { SHAPES } from './shapes/index.js'
export { readPattern, WrongPattern } from './shapes/pattern.js'
export type { Shape } from './shapes/shape.js'
export type { Found, Swept } from './swept.js'
// Not about secrets: the search in recordings is assembled, too, and this package imports nothing.
export { assemble } from './web-assembly.js'
