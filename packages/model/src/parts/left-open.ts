/**
 * What became of a thing that has no end of its own. `running`: its run goes on, and it can still
 * end; `died`: so did its run; `ended`: its run ended without it.
 */
export type LeftOpen = 'running' | 'died' | 'ended'
