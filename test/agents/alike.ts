import type { Ended } from '../host/index.js'
import type { Workplace } from './workplace.js'

/** What must be the same in a run with Tacho and without. */
export type Outcome = Pick<Ended, 'exitCode' | 'signal'> & { stdout: string; stderr: string }

/**
 * How a run ended and what it printed, without what differs between any two runs of Codex: ids, the
 * test's folders, ports, times. An error of Codex's names the address that it called, which under
 * record is the tap's.
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
      .replaceAll(/ (succeeded|exited \d+) in [\d.]+m?s:/g, ' $1 in TIME:')
      .replaceAll(/^tokens used\n[\d,]+$/gm, 'tokens used')
  return {
    exitCode: ended.exitCode,
    signal: ended.signal,
    stdout: alike(ended.stdout),
    stderr: alike(ended.stderr),
  }
}

/** A request's JSON, without what differs between any two runs of Codex. */
export function requestAlike(json: string, { home, model }: Workplace): unknown {
  // Parsed, because Codex writes some members in a different order each time.
  return JSON.parse(
    json
      .replaceAll(home.root, 'ROOT')
      .replaceAll(`127.0.0.1:${model.port}`, 'UPSTREAM')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
      .replaceAll(/(?<=turn_started_at_unix_ms\\*":)\d+/g, '0')
      .replaceAll(/(?<="x-codex-ws-stream-request-start-ms":")\d+/g, '0')
      .replaceAll(/(?<="create_time":)[\d.]+/g, '0')
      .replaceAll(/Chunk ID: [0-9a-f]+/g, 'Chunk ID: ID')
      .replaceAll(/Wall time: [\d.]+/g, 'Wall time: 0'),
  )
}
