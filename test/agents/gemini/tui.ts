import { expect } from 'vitest'
import { eventually } from '../../host/index.js'
import type { Terminal } from '../../host/tmux.js'

/** A busy machine takes a minute to start it. Milliseconds. */
export const PATIENCE = 120_000

/** Waits until a text is on the screen. */
export function shown(terminal: Terminal, text: string): Promise<void> {
  return eventually(() => {
    if (!terminal.screen.includes(text)) throw new Error(`not shown: ${text}\n${terminal.screen}`)
  }, PATIENCE)
}

/**
 * Types a prompt, and sends it.
 *
 * Gemini CLI takes keys that come faster than anybody types for a paste, and an Enter that follows
 * too soon for part of it: so Enter is pressed until it works.
 */
export async function say(terminal: Terminal, text: string, isTaken: () => boolean): Promise<void> {
  terminal.type(text)
  await shown(terminal, text)
  await eventually(async () => {
    if (!isTaken()) terminal.press('Enter')
    await eventually(() => expect(isTaken()).toBe(true), 3000)
  }, PATIENCE)
}

/** Ends it as a user does, and returns its exit code. */
export async function quit(terminal: Terminal): Promise<number> {
  let isOver = false
  const ended = terminal.ended().finally(() => {
    isOver = true
  })
  await say(terminal, '/quit', () => isOver)
  return (await ended).exitCode
}
