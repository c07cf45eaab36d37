import { expect } from 'vitest'
import { eventually } from '../../host/index.js'
import type { Terminal } from '../../host/tmux.js'
import { masked } from './masked.js'

/** A busy machine takes a minute to start opencode. Milliseconds. */
export const PATIENCE = 120_000

/**
 * The screen of opencode, without what chance decides, once it shows a text and is painted whole:
 * an answer is there before its turn is over.
 */
export async function settledScreen(
  terminal: Terminal,
  text: string,
  root: string,
): Promise<string> {
  let screen = ''
  await eventually(() => {
    screen = masked(terminal.screen, root)
    expect(screen).toContain(text)
    expect(screen).not.toContain('esc interrupt')
  }, PATIENCE)
  return screen
}
