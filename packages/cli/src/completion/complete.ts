import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { AGENTS } from '@tacho/launcher'
import { findSessions } from '@tacho/reader'
import { treeOf } from '../command-tree/tree-text.js'
import { note } from '../output.js'
import { rootsOf } from '../roots.js'
import { joinedAgain } from './bash-words.js'
import { type Offers, offersFor } from './offers.js'
import { isShell, type Shell } from './shells.js'

/**
 * `tacho complete SHELL -- WORDS`: run by the scripts of `tacho completion` at each Tab. Prints a
 * line for each possible word at the cursor, followed by a tab and its description, and `:files` or
 * `:folders` if the shell should complete those.
 *
 * It reads the tree of commands written by the build (scripts/bundle/commands.ts), because Node
 * takes 300 ms to load the commands themselves.
 */
export function complete([shell, separator, ...words]: readonly string[]): void {
  if (!isShell(shell) || separator !== '--') {
    note('completion scripts call this command. To get a script: tacho completion bash|zsh|fish')
    process.exitCode = 2
    return
  }
  const { whole, lead } = shell === 'bash' ? joinedAgain(words) : { whole: words, lead: '' }
  const packed = readFileSync(new URL('../command-tree.json.gz', import.meta.url))
  const tree = treeOf(gunzipSync(packed).toString())
  const found = offersFor(tree, whole, sessionIds)
  process.stdout.write(linesOf(found, shell, lead).join(''))
}

function linesOf({ offers, paths }: Offers, shell: Shell, lead: string): string[] {
  const lines = offers.map(({ word, description }) => {
    const shown = shell === 'bash' ? word.slice(lead.length) : word
    return `${shown}\t${description.replaceAll(/\s+/g, ' ')}\n`
  })
  return paths === undefined ? lines : [...lines, `:${paths}\n`]
}

// No agent's id contains what a shell would have to quote, or a line break.
const TYPABLE = /^[\w.@+%][\w.@+%:,=-]*$/

function sessionIds(sessionsDir: string | undefined): string[] {
  return findSessions(rootsOf(AGENTS, sessionsDir))
    .map(({ id }) => id)
    .filter((id) => TYPABLE.test(id))
}
