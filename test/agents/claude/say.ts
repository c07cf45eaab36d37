import type { Terminal } from '../../host/tmux.js'

/** Types a prompt into the TUI, and sends it once it is on the screen. */
export async function say(terminal: Terminal, words: string): Promise<void> {
  terminal.type(words)
  await terminal.showing(words)
  await terminal.answer('Enter', `❯ ${words}\n─`)
}
