import { readFileSync } from 'node:fs'
import { eventually } from '../host/index.js'

/** The processes that a process has started, and their descendants (proc(5)). */
export function descendants(pid: number): number[] {
  let text = ''
  try {
    text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  } catch {
    return []
  }
  const children = text.split(' ').filter(Boolean).map(Number)
  return [...children, ...children.flatMap(descendants)]
}

/** The agent that a `tacho` runs: its first descendant with this in its command line. */
export function agentOf(tacho: number, words = 'codex'): Promise<number> {
  return eventually(() => {
    const found = descendants(tacho).find((pid) => commandOf(pid).includes(words))
    if (found === undefined) throw new Error(`no ${words} below ${tacho}`)
    return found
  })
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

/** Signals a process and all its descendants, to clean up after a test. */
export function killAll(pid: number): void {
  for (const one of [...descendants(pid).reverse(), pid]) {
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
}
