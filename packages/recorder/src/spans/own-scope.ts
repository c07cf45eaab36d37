/** The scope of the spans that we make ourselves. */
export const OWN_SCOPE = 'tacho'
