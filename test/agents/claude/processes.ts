import { readdirSync, readFileSync } from 'node:fs'
import type { ClaudePlace } from './place.js'

/** The ids of a place's processes: Tacho and Claude Code, in that order. */
export function claudeIn({ home }: ClaudePlace): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').includes(home.userHome)
        return (
          isOurs &&
          /tacho\.js|claude-code/.test(
            readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, 2).join(' '),
          )
        )
      } catch {
        // It has ended meanwhile.
        return false
      }
    })
    .map(Number)
}
