// A module to be loaded when a session is searched (`grep.ts`).
export { searchSession } from '@tacho/reader'
