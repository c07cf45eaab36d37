import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TomlTable } from 'smol-toml'
import { valuesOf } from '../config.js'
import { withOptions } from '../subcommand.js'
import { type ChosenSession, chosenSession } from './chosen-session.js'
import { type Trust, trustIn, trustOption } from './trust.js'

/** How the TUI and an app-server of ours are started in the place of Codex alone. */
export type RemoteStart = {
  /** The TUI's arguments, but for where its app-server is. */
  tui: string[]
  /** What the app-server has to know as well. */
  server: string[]
  /** Where both work. */
  cwd: string
}

/** Why the TUI cannot have an app-server of ours without becoming another. */
export type NotRemote = { reason: string }

export type RemoteStartOptions = {
  args: readonly string[]
  /** What the arguments and Codex's files make. */
  config: TomlTable
  cwd: string
  /** Where the session that is gone on with was, where one is named and that can be told. */
  sessionFolder: string | undefined
}

/**
 * Divides a TUI's arguments between it and its app-server, so that both together look and work as
 * Codex alone does with them.
 *
 * A TUI with an app-server elsewhere (Codex 0.169) neither asks whether a folder is to be trusted
 * nor looks for the sessions of one, unless it is told the folder; told one, it asks though the
 * repository around it is trusted.
 */
export function remoteStartOf(options: RemoteStartOptions): RemoteStart | NotRemote {
  const { args, config, cwd } = options
  const given = valuesOf(args, ['-C', '--cd']).at(-1)
  const folder = resolve(cwd, given ?? '.')
  const session = chosenSession(args)
  const trust = trustIn(folder, config, args)
  const isTold =
    trust === 'asked' ||
    session.kind === 'searched' ||
    (session.kind === 'named' && given !== undefined)
  const reason =
    optionAgainst(args) ??
    folderAgainst(folder) ??
    (given === undefined ? sessionAgainst(session, folder, options.sessionFolder) : undefined) ??
    trustAgainst(trust, isTold)
  if (reason !== undefined) return { reason }
  const own = without(args, ['-C', '--cd'], ['--no-daemon'])
  return {
    tui: isTold ? withOptions(own, ['--cd', folder]) : own,
    server: [
      ...each(args, ['-c', '--config'], '-c'),
      ...each(args, ['--enable'], '--enable'),
      ...each(args, ['--disable'], '--disable'),
      ...(args.includes('--strict-config') ? ['--strict-config'] : []),
      ...(isTold && trust === 'inherited' ? trustOption(folder) : []),
    ],
    cwd: folder,
  }
}

// `--remote` is another app-server, `--add-dir` is refused, an app-server takes no `--profile`, and
// the others would be settled on the wrong side.
const OPTIONS_AGAINST = [
  ...['--remote', '--add-dir', '-p', '--profile'],
  ...['--oss', '--local-provider', '--worktree'],
]

function optionAgainst(args: readonly string[]): string | undefined {
  const found = OPTIONS_AGAINST.find(
    (name) => beforeDashes(args).includes(name) || valuesOf(args, [name]).length > 0,
  )
  if (found !== undefined) return `with ${found} the TUI takes no app-server of ours`
  const isRoots = (override: string) =>
    override.trimStart().startsWith('sandbox_workspace_write.writable_roots')
  return valuesOf(args, ['-c', '--config']).some(isRoots)
    ? 'with sandbox_workspace_write.writable_roots the TUI takes no app-server of ours'
    : undefined
}

function folderAgainst(folder: string): string | undefined {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  return isFolder ? undefined : `${folder} is no folder`
}

// With an app-server elsewhere the TUI does not ask in which of two folders to go on.
function sessionAgainst(
  session: ChosenSession,
  folder: string,
  sessionFolder: string | undefined,
): string | undefined {
  const mayBeElsewhere =
    (session.kind === 'named' && sessionFolder !== folder) ||
    (session.kind === 'searched' && session.isEverywhere)
  return mayBeElsewhere ? 'the session may have been in another folder' : undefined
}

// Nor does it say that a folder is refused; and where it is told the folder, it asks for trust even
// where Codex alone would not.
function trustAgainst(trust: Trust, isTold: boolean): string | undefined {
  if (trust === 'refused') return 'the folder is not trusted'
  return isTold && trust === 'unasked' ? 'it is not known whether the folder is trusted' : undefined
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
  const options = beforeDashes(args)
  const kept: string[] = []
  for (let index = 0; index < options.length; index += 1) {
    const argument = options[index] ?? ''
    if (valued.includes(argument)) index += 1
    else if (!flags.includes(argument) && !valued.some((name) => isAttached(argument, name))) {
      kept.push(argument)
    }
  }
  return [...kept, ...args.slice(options.length)]
}

function beforeDashes(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end < 0 ? args : args.slice(0, end)
}

/** `--cd=DIR`, `-CDIR`. */
function isAttached(argument: string, name: string): boolean {
  return argument.startsWith(`${name}=`) || (name.length === 2 && argument.startsWith(name))
}
