import { readdirSync, readFileSync } from 'node:fs'

/** The processes of Tacho and opencode with this home, except for the terminal's shell. */
export function processesIn(home: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const command = commandOf(pid)
      return (
        /tacho\.js|\/opencode\0/.test(command) && !/^(sh|tmux)\0/.test(command) && isIn(pid, home)
      )
    })
}

/** A process' arguments, each with a NUL behind it; nothing once it has ended. */
export function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`)
}

/** Whether a process has ended, although its parent may not have asked for its exit code yet. */
export function hasEnded(pid: number): boolean {
  return !/^State:\t[^ZX]/m.test(textOf(`/proc/${pid}/status`))
}

function isIn(pid: number, home: string): boolean {
  return textOf(`/proc/${pid}/environ`).includes(`HOME=${home}\0`)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}
