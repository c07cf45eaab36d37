export type { Headers } from './headers.js'
export { createScrubber, type Scrubber, type ScrubStream } from './scrubber.js'
export { isSecretName } from './secret-name.js'
export type { Found, Swept } from './sweep.js'
