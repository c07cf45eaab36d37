import { readdirSync, readFileSync } from 'node:fs'
import { tachoCommand } from '../host/index.js'
import { openTerminal, type Terminal } from '../host/tmux.js'
import type { Workplace } from './workplace.js'

/** Codex's TUI in a terminal, recorded. */
export function recordedTui(place: Workplace, args: readonly string[] = []): Promise<Terminal> {
  const { environment: env, home } = place
  const [subcommand, ...rest] = args
  const isSubcommand = subcommand === 'resume' || subcommand === 'fork'
  const own = isSubcommand ? [subcommand, '--persist-session', ...rest] : args
  const flags = isSubcommand ? [] : ['--persist-session']
  return openTerminal(tachoCommand, ['codex', ...flags, ...own], { env, cwd: home.cwd })
}

/** The same without Tacho, and, as with it, without an app-server that outlives it. */
export function plainTui(place: Workplace, args: readonly string[] = []): Promise<Terminal> {
  const { environment: env, home } = place
  const codex = env.TACHO_CODEX ?? ''
  const isEmbedded = args.some((one) => EMBEDDING.includes(one))
  const own = isEmbedded ? args : [...args, '--no-daemon']
  return openTerminal(codex, own, { env, cwd: home.cwd })
}

// With these the TUI does without that app-server of itself, and warns of it.
const EMBEDDING = ['-c', '-p', '--profile', '--search']

/** A screen, or a part of one, without what differs from run to run: folders, ids, times. */
export function masked(screen: string, { home }: Workplace): string {
  return screen
    .replaceAll(home.root, 'ROOT')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/(\/worktrees\/)[0-9a-f]{4}\b/g, '$1ID')
    .replace(/Worked for .*/g, 'Worked for a while')
}

/** The processes that have this place's environment: process id and command line. */
export function processesOf({ home }: Workplace): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').includes(home.codexHome)
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return isOurs && command !== '' ? [{ pid: Number(name), command }] : []
      } catch {
        // It has ended meanwhile.
        return []
      }
    })
}
