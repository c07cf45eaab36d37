import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { TACHO } from '../cli/tacho.js'

/** Every command that reads a session, `OUT` being a new folder. */
export const READING_COMMANDS: readonly string[][] = [
  ['ls'],
  ['ls', '--json'],
  ['show', 'ID'],
  ['show', 'ID', '--json'],
  ['show', 'last'],
  ['approvals', 'ID'],
  ['cancellations', 'ID'],
  ['raw', 'ID', '1'],
  ['raw', 'ID', '3', '--request'],
  ['raw', 'ID', '1', '--response'],
  ['raw', 'ID', '1', '--input'],
  ['verify', 'ID'],
  ['export', 'har', 'ID', '-o', 'OUT/x.har'],
  ['export', 'perfetto', 'ID', '-o', 'OUT/x.json'],
  ['export', 'parquet', 'ID', '-o', 'OUT/parquet'],
  ['rebuild', 'ID', '--to', 'OUT/rebuilt'],
  ['salvage', 'ID', '--to', 'OUT/salvaged'],
  ['seal', 'ID'],
]

export type Measured = {
  seconds: number
  megabytes: number
  exitCode: number | null
  stderr: string
}

/** Runs a command on a session, with GNU time: seconds of the processor, megabytes at its most. */
export function measured(words: readonly string[], folder: string): Measured {
  const out = mkdtempSync(join(tmpdir(), 'tacho-hostile-out-'))
  try {
    const args = words.map((word) => word.replace('OUT', out).replace('ID', basename(folder)))
    const command = [process.execPath, TACHO, ...args, '--sessions-dir', dirname(folder)]
    const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: process.env.PATH, HOME: '/nonexistent', TZ: 'UTC' },
    })
    const [user = 0, system = 0, kilobytes = 0] = (stderr.trim().split('\n').at(-1) ?? '')
      .split(' ')
      .map(Number)
    return { seconds: user + system, megabytes: kilobytes / 1000, exitCode: status, stderr }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
