import { spawnSync } from 'node:child_process'
import { closeSync } from 'node:fs'
import { ReadStream } from 'node:tty'

/** Two ends of a terminal without a screen: what a program writes to one is read at the other. */
export type PseudoTerminal = {
  /** The file that is the program's end. */
  path: string
  /** Ours. It breaks when the last program has let go of the other. */
  output: ReadStream
  /** Tells the program's end how large the screen is. */
  resize(columns: number, rows: number): void
  /** Lets go of the program's end, which we hold open until the program has it. */
  release(): void
}

/** Opens pseudo-terminals that hand every byte on as it is. */
export type OpenPseudoTerminal = (columns: number, rows: number) => PseudoTerminal

/** @throws where there is none to be had on this system. */
export async function loadPseudoTerminal(): Promise<OpenPseudoTerminal> {
  // The package's own `open` would read at both ends.
  const { requireBinary } = await import('@lydell/node-pty/requireBinary.js')
  const native = requireBinary('pty.node') as Native
  return (columns, rows) => openWith(native, columns, rows)
}

type Native = {
  open(columns: number, rows: number): { master: number; slave: number; pty: string }
  resize(master: number, columns: number, rows: number): void
}

function openWith(native: Native, columns: number, rows: number): PseudoTerminal {
  const { master, slave, pty } = native.open(columns, rows)
  // It would make CR LF of LF, and Node cannot tell it not to.
  spawnSync('stty', ['raw', '-echo'], { stdio: [slave, 'ignore', 'ignore'] })
  let isHeld = true
  return {
    path: pty,
    output: new ReadStream(master),
    resize: (newColumns, newRows) => native.resize(master, newColumns, newRows),
    release() {
      if (isHeld) closeSync(slave)
      isHeld = false
    },
  }
}
