import type { Agent } from '@tacho/launcher'
import { sessionRoots } from '@tacho/reader'

/** The folders in which sessions are looked for. */
export function rootsOf(agents: readonly Agent[], directory: string | undefined): string[] {
  return sessionRoots({
    directory,
    agents: agents.map(({ sessionsRoot }) => sessionsRoot(process.env)),
  })
}
