import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { TomlTable } from 'smol-toml'
import { tableAt, textAt, valuesOf } from '../config.js'

/**
 * What Codex makes of a folder that it is started in (Codex 0.169): it is trusted itself, or the
 * repository around it is; it is refused; the user is asked; or he would be, had he not said how
 * Codex is to ask or what it may do.
 */
export type Trust = 'own' | 'inherited' | 'refused' | 'asked' | 'unasked'

export function trustIn(folder: string, config: TomlTable, args: readonly string[]): Trust {
  const own = levelOf(folder, config)
  if (own !== undefined) return own === 'trusted' ? 'own' : 'refused'
  const root = repositoryOf(folder)
  const inherited = root === undefined ? undefined : levelOf(root, config)
  if (inherited !== undefined) return inherited === 'trusted' ? 'inherited' : 'refused'
  return isPolicySet(config, args) ? 'unasked' : 'asked'
}

/** The option that tells an app-server to trust a folder. */
export function trustOption(folder: string): string[] {
  return ['-c', `projects={${JSON.stringify(folder)}={trust_level="trusted"}}`]
}

function levelOf(folder: string, config: TomlTable): string | undefined {
  return textAt(tableAt(tableAt(config, 'projects'), folder), 'trust_level')
}

/** The root of the repository; of a working tree beside it, that of the repository it belongs to. */
function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git')
    const found = statSync(git, { throwIfNoEntry: false })
    if (found?.isDirectory()) return at
    if (found?.isFile()) return mainRepository(at, git) ?? at
    if (at === dirname(at)) return undefined
  }
}

function mainRepository(worktree: string, git: string): string | undefined {
  const folder = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]
  const main = folder && /^(.*)\/\.git\/worktrees\/[^/]+$/.exec(resolve(worktree, folder))?.[1]
  return main || undefined
}

const POLICY_OPTIONS = ['-a', '--ask-for-approval', '-s', '--sandbox']

const POLICY_FLAGS = [
  '--approve-for-me',
  '--dangerously-bypass-approvals-and-sandbox',
  '--yolo',
  '--full-auto',
]

function isPolicySet(config: TomlTable, args: readonly string[]): boolean {
  return (
    ['approval_policy', 'sandbox_mode'].some((name) => Object.hasOwn(config, name)) ||
    POLICY_FLAGS.some((flag) => args.includes(flag)) ||
    valuesOf(args, POLICY_OPTIONS).length > 0
  )
}
