/**
 * The state of something without an end of its own. `running`: its run goes on, and it can still
 * end; `died`: its run died; `ended`: its run ended without it.
 */
export type LeftOpen = 'running' | 'died' | 'ended'
