import { readdirSync, readFileSync } from 'node:fs'
import type { CodexHome } from './codex-home.js'
import { withHostNamesIfAllowed } from './host-names.js'
import { tachoCommand } from './programs.js'
import { openTerminal, type Terminal } from './tmux.js'

/** Where a TUI runs. */
export type TuiPlace = {
  home: CodexHome
  /** Contains `TACHO_CODEX`. */
  environment: Record<string, string>
  /** Host names that the TUI can resolve, each with its address. */
  hostNames?: Record<string, string>
}

/** Codex's TUI in a terminal, recorded. */
export function recordedTui(place: TuiPlace, args: readonly string[] = []): Promise<Terminal> {
  const [subcommand, ...rest] = args
  const isSubcommand = subcommand === 'resume' || subcommand === 'fork'
  const own = isSubcommand ? [subcommand, '--persist-session', ...rest] : args
  const flags = isSubcommand ? [] : ['--persist-session']
  return open(place, [...tachoCommand, 'codex', ...flags, ...own])
}

/** The same without Tacho and, as with Tacho, without an app-server that outlives it. */
export function plainTui(place: TuiPlace, args: readonly string[] = []): Promise<Terminal> {
  const codex = place.environment.TACHO_CODEX ?? ''
  const isEmbedded = args.some((one) => EMBEDDING.includes(one))
  const own = isEmbedded ? args : [...args, '--no-daemon']
  return open(place, [codex, ...own])
}

function open({ environment: env, home, hostNames }: TuiPlace, words: string[]): Promise<Terminal> {
  const known = withHostNamesIfAllowed(home.root, { ...NEWS, ...hostNames })
  return openTerminal(known, words, { env, cwd: home.cwd })
}

// The TUI asks this host for news when it starts; if the name does not resolve, it ends 5 s later.
const NEWS = { 'raw.githubusercontent.com': '127.0.0.1' }

// With these set, the TUI does without that app-server, and warns about it.
const EMBEDDING = ['-c', '-p', '--profile', '--search']

/** A screen, or part of one, without what differs between runs: folders, ids, times. */
export function masked(screen: string, { home }: Pick<TuiPlace, 'home'>): string {
  return screen
    .replaceAll(home.root, 'ROOT')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/(\/worktrees\/)[0-9a-f]{4}\b/g, '$1ID')
    .replace(/Worked for .*/g, 'Worked for a while')
}

/** The processes with this environment: process id and command line. */
export function processesOf({ home }: Pick<TuiPlace, 'home'>): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').includes(home.codexHome)
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return isOurs && command !== '' ? [{ pid: Number(name), command }] : []
      } catch {
        // The process has ended meanwhile.
        return []
      }
    })
}
