import type { Terminal } from '../host/tmux.js'
import type { RawUpstream } from './raw-upstream.js'

/** Somebody at a TUI: presses keys and waits for their effect. `shot` keeps the screen. */
export type User = (terminal: Terminal, shot: () => void, upstream: RawUpstream) => Promise<void>

/** What a model says before it is interrupted. */
export const BEGINNING = 'The answer begins.'

const DIALOG = 'Yes, proceed (y)'

/** Waits for a row's answer and for the session's title. */
export const seesHello: User = async (terminal, shot) => {
  await terminal.showing('Hello.')
  await terminal.showing('Worked for')
  await atRest(terminal, shot)
}

/** Waits for what the TUI says about a failed turn. */
export const seesError: User = async (terminal, shot) => {
  await terminal.showing(/^■ /m)
  await atRest(terminal, shot)
}

/** Approves a command once. */
export const allows: User = async (terminal, shot, upstream) => {
  await terminal.showing(DIALOG)
  shot()
  await terminal.answer('y', DIALOG)
  await seesHello(terminal, shot, upstream)
}

/** Declines a command. */
export const declines: User = async (terminal, shot) => {
  await terminal.showing(DIALOG)
  await terminal.answer('Escape', DIALOG)
  await interrupted(terminal, shot)
}

/** Stops a model that has not said a word. */
export const interruptsAtOnce: User = async (terminal, shot, upstream) => {
  await upstream.until(() => upstream.requests > 0)
  await terminal.showing('esc to interrupt')
  terminal.press('Escape')
  await interrupted(terminal, shot)
}

/** Stops a model that is speaking, and asks again. */
export const interrupts: User = async (terminal, shot, upstream) => {
  await terminal.showing(BEGINNING)
  terminal.press('Escape')
  await interrupted(terminal, shot)
  terminal.paste('Again')
  terminal.press('Enter')
  await seesHello(terminal, shot, upstream)
}

async function interrupted(terminal: Terminal, shot: () => void): Promise<void> {
  await terminal.showing('Conversation interrupted')
  await atRest(terminal, shot)
}

// Nothing is in flight: the session's title has arrived too.
async function atRest(terminal: Terminal, shot: () => void): Promise<void> {
  await terminal.showing('· scripted')
  shot()
}
