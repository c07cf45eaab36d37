import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '@tacho/format'
import { expect, test } from 'vitest'
// Internal to the package.
import { writeRun } from '../../packages/recorder/dist/session/manifest-file.js'
import { delayedCall } from '../faults/failing-calls.js'
import { run } from '../host/index.js'

const manifestFile = new URL(
  '../../packages/recorder/dist/session/manifest-file.js',
  import.meta.url,
)

const WRITER = `
  const { writeRun } = await import(process.argv[1])
  const [, , folder, id] = process.argv
  const facts = { format: 1, id: 'session', traceId: '0', agent: { name: 'test' }, startedAt: '2026' }
  for (let count = 1; count <= 100; count += 1)
    writeRun(folder, facts, { id, startedAt: id, exchanges: { completed: count } })
`

/**
 * Has processes write one manifest at the same time; returns what each wrote last, as read from the
 * file.
 */
async function written(folder: string, writers: readonly string[]) {
  const ended = await Promise.all(
    writers.map((id) =>
      run(
        [process.execPath, '--input-type=module', '-e', WRITER, manifestFile.href],
        [folder, id],
        {
          env: process.env,
        },
      ),
    ),
  )
  expect(ended.map(({ stderr }) => stderr.toString())).toEqual(writers.map(() => ''))
  const { runs } = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')) as Manifest
  return runs.map(({ id, exchanges }) => [id, exchanges])
}

test.each([
  ['at the same time', () => {}],
  [
    'where one was killed while it wrote',
    (folder: string) => writeFileSync(join(folder, '.session.json.lock'), ''),
  ],
])('what several processes say of their runs stands there, %s', async (_, prepare) => {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-manifest-'))
  try {
    prepare(folder)
    const writers = ['a', 'b', 'c', 'd']
    expect(await written(folder, writers)).toEqual(writers.map((id) => [id, { completed: 100 }]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('what another process writes meanwhile stays there, whichever call took long', () => {
  const lost: number[] = []
  for (let at = 1; ; at += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'tacho-manifest-'))
    try {
      writeCount(folder, 'b', 1)
      const meanwhile = () => {
        // As if it had been held for so long that it was taken for left behind.
        rmSync(join(folder, '.session.json.lock'), { force: true })
        writeCount(folder, 'b', 2)
      }
      const delayed = delayedCall(folder, { at, meanwhile })
      try {
        writeCount(folder, 'a', 1)
      } finally {
        delayed.heal()
      }
      if (delayed.failed === 0) break
      const counts = new Map(countsIn(folder))
      expect([at, counts.get('a')]).toEqual([at, 1])
      if (counts.get('b') !== 2) lost.push(at)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  // Between the last look and the replacement, nothing can be done.
  expect(lost.length).toBeLessThanOrEqual(1)
})

function writeCount(folder: string, id: string, completed: number): void {
  const agent = { name: 'test' }
  const facts = { format: 1, id: 'session', traceId: '0', agent, startedAt: '2026' }
  writeRun(folder, facts as never, { id, startedAt: id, exchanges: { completed } } as never)
}

function countsIn(folder: string): [id: string, completed: number][] {
  const { runs } = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')) as Manifest
  return runs.map(({ id, exchanges }) => [id, exchanges.completed])
}
