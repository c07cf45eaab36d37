import type { Agent } from '@tacho/launcher'
import { sessionRoots } from '@tacho/reader'

/** Returns the folders in which to look for sessions. */
export function rootsOf(agents: readonly Agent[], directory: string | undefined): string[] {
  return sessionRoots({
    directory,
    agents: agents.map(({ sessionsRoot }) => sessionsRoot(process.env)),
  })
}
