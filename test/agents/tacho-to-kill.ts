import { expect, onTestFinished } from 'vitest'
import { eventually, type Running, start, tachoCommand } from '../host/index.js'
import type { Workplace } from './workplace.js'

/** A `tacho` that a test kills. Codex outlives it and ends with the test. */
export type TachoToKill = Pick<Running, 'pid'> & {
  /** Resolves once it is gone. */
  kill(): Promise<void>
}

/** Starts `tacho` in a process group of its own. */
export function startTachoToKill(place: Workplace, args: readonly string[]): TachoToKill {
  const own = { env: place.environment, cwd: place.home.cwd, stdin: '' }
  const tacho = start(['setsid', ...tachoCommand], args, own)
  onTestFinished(() => {
    try {
      process.kill(-tacho.pid, 'SIGKILL')
    } catch {
      // Every process of the group has ended.
    }
  })
  return {
    pid: tacho.pid,
    async kill() {
      tacho.kill('SIGKILL')
      await eventually(() => expect(() => process.kill(tacho.pid, 0)).toThrow('ESRCH'))
    },
  }
}
