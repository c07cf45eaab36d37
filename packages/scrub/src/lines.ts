/** In the lines of a text: a line begins with this byte. */
export const LINE = 1
/** An empty line precedes it: nothing is wrapped like that. */
export const PARAGRAPH = 2
/** It has another colour: what is before it may go on. */
export const COLOUR = 4
