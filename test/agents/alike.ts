import type { Ended } from '../host/index.js'
import type { Workplace } from './workplace.js'

/** What of a run must be the same with Tacho and without. */
export type Outcome = Pick<Ended, 'exitCode' | 'signal'> & { stdout: string; stderr: string }

/**
 * How a run ended and what it printed, with that taken out which differs between any two runs of
 * Codex: ids, the folders of the test, the ports, times. An error of Codex's names the address that
 * it called, which under record is the tap's.
 */
export function outcomeOf(ended: Ended, { home, model }: Workplace): Outcome {
  const alike = (bytes: Buffer) =>
    bytes
      .toString()
      .replaceAll(/(?<=(?:http|ws):\/\/)127\.0\.0\.1:\d+(?=\/)/g, 'UPSTREAM')
      .replaceAll(`127.0.0.1:${model.port}`, 'UPSTREAM')
      .replaceAll(home.root, 'ROOT')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/^ (succeeded|exited \d+) in \d+m?s:$/gm, ' $1 in TIME:')
      .replaceAll(/^tokens used\n[\d,]+$/gm, 'tokens used')
  return {
    exitCode: ended.exitCode,
    signal: ended.signal,
    stdout: alike(ended.stdout),
    stderr: alike(ended.stderr),
  }
}
