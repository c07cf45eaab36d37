import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { acknowledged, readAppended, startAppender } from './appender.js'
import { fastDirectory } from './fast-directory.js'
import { SESSION_ID } from './recorded-session.js'

const ROOT = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm']
const canMount = spawnSync(ROOT[0] ?? '', [...ROOT.slice(1), 'true']).status === 0

const sums = { written: 0, lost: 0 }
afterAll(() =>
  console.log(`full disk: ${sums.written} records written, ${sums.lost} lost and told`),
)

// A real one: a small file system that only this process sees, filled and then emptied.
test.skipIf(!canMount)(
  'a disk that gets full and has room again leaves a gap that counts what is missing',
  async () => {
    const place = fastDirectory()
    const root = join(place, 'disk')
    const kept = join(place, 'kept')
    mkdirSync(root)
    const mounted = [
      ...ROOT,
      'sh',
      '-c',
      `mount -t tmpfs -o size=8m,mode=700 tmpfs '${root}' && "$@" && cp -a '${root}' '${kept}'`,
      'sh',
    ]
    const work = {
      root,
      sessionId: SESSION_ID,
      name: 'full',
      seed: 11,
      records: 300,
      fillAfter: 100,
    }
    await using appender = startAppender(work, mounted)
    const ended = await appender.ended
    expect([ended.exitCode, ended.stderr.toString()]).toEqual([
      0,
      expect.stringContaining('could not be written (ENOSPC). The run goes on.'),
    ])
    const { written, refused } = acknowledged(ended)
    expect(refused.length).toBeGreaterThan(50)
    // It resumes as soon as there is room.
    expect(Math.max(...refused)).toBeLessThan(200)
    const found = readAppended(join(kept, SESSION_ID))
    expect(found.numbers.get('full')).toEqual(written)
    const lost = found.gaps.reduce((sum, gap) => sum + (gap.lost.written ?? 0), 0)
    expect(lost).toBe(refused.length)
    expect(found.gaps.map(({ reason }) => reason)).toContain('ENOSPC')
    sums.written += written.length
    sums.lost += lost
  },
)
