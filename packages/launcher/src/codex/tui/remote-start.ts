import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { valuesOf } from '../config.js'
import { positionals, withOptions } from '../subcommand.js'

/** How the TUI and an app-server of ours are started in the place of Codex alone. */
export type RemoteStart = {
  /** The TUI's arguments, but for where its app-server is. */
  tui: string[]
  /** The options that the app-server has to know as well. */
  server: string[]
  /** Where both work. */
  cwd: string
}

/** Why the TUI cannot have an app-server of ours without becoming another. */
export type NotRemote = { reason: string }

/**
 * Divides a TUI's arguments between it and its app-server, so that both together do what Codex
 * alone would do with them (Codex 0.169).
 */
export function remoteStartOf(args: readonly string[], cwd: string): RemoteStart | NotRemote {
  const reason = hindrance(args)
  if (reason !== undefined) return { reason }
  const folder = resolve(cwd, valuesOf(args, ['-C', '--cd']).at(-1) ?? '.')
  if (!isFolder(folder)) return { reason: `${folder} is no folder` }
  const own = without(args, ['-C', '--cd'], ['--no-daemon'])
  return {
    // A TUI with an app-server elsewhere looks for a session in all folders, unless told in which.
    tui: choosesSession(args) ? withOptions(own, ['--cd', folder]) : own,
    server: [
      ...each(args, ['-c', '--config'], '-c'),
      ...each(args, ['--enable'], '--enable'),
      ...each(args, ['--disable'], '--disable'),
      ...(args.includes('--strict-config') ? ['--strict-config'] : []),
    ],
    cwd: folder,
  }
}

// `--add-dir` is refused, the others would be settled on the wrong side.
const NOT_WITH_REMOTE = ['--add-dir', '--oss', '--local-provider', '--worktree', '--profile', '-p']

function hindrance(args: readonly string[]): string | undefined {
  if (process.platform === 'win32') return 'there is no way yet to do that on Windows'
  if (valuesOf(args, ['--remote']).length > 0) return 'the TUI is to use the app-server of --remote'
  const option = NOT_WITH_REMOTE.find(
    (name) => args.includes(name) || valuesOf(args, [name]).length > 0,
  )
  if (option !== undefined) return `${option} cannot be used with an app-server of ours`
  const isRoots = (override: string) =>
    override.startsWith('sandbox_workspace_write.writable_roots')
  if (valuesOf(args, ['-c', '--config']).some(isRoots)) {
    return 'sandbox_workspace_write.writable_roots cannot be used with an app-server of ours'
  }
  return undefined
}

function choosesSession(args: readonly string[]): boolean {
  const [subcommand, session] = positionals(args)
  return (subcommand === 'resume' || subcommand === 'fork') && session === undefined
}

function each(args: readonly string[], names: readonly string[], option: string): string[] {
  return valuesOf(args, names).flatMap((value) => [option, value])
}

/** The arguments without some options: those with a value, and those without. */
function without(
  args: readonly string[],
  valued: readonly string[],
  flags: readonly string[],
): string[] {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const kept: string[] = []
  for (let index = 0; index < options.length; index += 1) {
    const argument = options[index] ?? ''
    if (valued.includes(argument)) index += 1
    else if (!flags.includes(argument) && !valued.some((name) => isAttached(argument, name))) {
      kept.push(argument)
    }
  }
  return end < 0 ? kept : [...kept, ...args.slice(end)]
}

/** `--cd=DIR`, `-CDIR`. */
function isAttached(argument: string, name: string): boolean {
  return argument.startsWith(`${name}=`) || (name.length === 2 && argument.startsWith(name))
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
