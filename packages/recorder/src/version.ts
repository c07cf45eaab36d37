/** The version of Tacho that is recording; the packages' versions move together. */
export const TACHO_VERSION = '0.1.0'
