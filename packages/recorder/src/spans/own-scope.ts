/** The instrumentation scope of Tacho's own spans. */
export const OWN_SCOPE = 'tacho'
