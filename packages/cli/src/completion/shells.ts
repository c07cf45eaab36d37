import { BASH_SCRIPT } from './bash.js'
import { FISH_SCRIPT } from './fish.js'
import { ZSH_SCRIPT } from './zsh.js'

/** The scripts that teach a shell to complete `tacho`. They run `tacho complete` at each Tab. */
export const SCRIPTS = { bash: BASH_SCRIPT, zsh: ZSH_SCRIPT, fish: FISH_SCRIPT } as const

export type Shell = keyof typeof SCRIPTS

export const SHELLS = Object.keys(SCRIPTS) as Shell[]

/** Returns whether a text names a supported shell. */
export function isShell(text: string | undefined): text is Shell {
  return text !== undefined && Object.hasOwn(SCRIPTS, text)
}
