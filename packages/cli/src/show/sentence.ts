import type { Style } from '../style.js'

/** Something that happened, in a line of words. */
export type Sentence = { text: string; style: Style | undefined }
