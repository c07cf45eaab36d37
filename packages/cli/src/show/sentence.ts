import type { Style } from '../style.js'

/** A line of text about something that happened. */
export type Sentence = { text: string; style: Style | undefined }
