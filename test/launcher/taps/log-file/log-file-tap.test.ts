import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LogFileTap } from '../../../../packages/launcher/src/taps/log-file/log-file-tap.js'
import { eventually, run } from '../../../host/index.js'

const APPENDS = `
const file = require('node:fs').createWriteStream(process.argv[1], { flags: 'a' })
for (const line of process.argv.slice(2)) file.write(line)
file.end()`

test('what another process appends is told line by line, and stands in no folder', async () => {
  const place = mkdtempSync(join(tmpdir(), 'tacho-log-file-'))
  const lines: string[] = []
  const tap = LogFileTap.open({
    environment: { XDG_RUNTIME_DIR: place },
    onLine: (line) => lines.push(line),
  })
  try {
    expect(readdirSync(place)).toEqual([])
    expect(statSync(tap.path).mode & 0o777).toBe(0o600)
    const long = 'x'.repeat(400 * 1024)
    const args = ['-e', APPENDS, tap.path, 'one\ntw', `o\n`, `é\n\npart`]
    const { exitCode } = await run(process.execPath, args, { env: {}, cwd: place })
    expect(exitCode).toBe(0)
    // While the agent is running, not after it has ended.
    await eventually(() => expect(lines).toEqual(['one', 'two', 'é', '']))
    // A line too long to search is skipped, and what has been read is discarded.
    for (let count = 0; count < 20; count += 1) appendFileSync(tap.path, `${long}\n`)
    await eventually(() => expect(statSync(tap.path).size).toBeLessThan(4 * 1024 * 1024))
    appendFileSync(tap.path, 'last\n')
    await tap.close()
    expect(lines.slice(4)).toEqual(['last'])
    expect(existsSync(tap.path)).toBe(false)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})

test('where there is no place for it, that is an error of ours', () => {
  expect(() =>
    LogFileTap.open({ environment: { XDG_RUNTIME_DIR: '/nowhere' }, onLine() {} }),
  ).toThrow('ENOENT')
})
