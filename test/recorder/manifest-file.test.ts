import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '@tacho/format'
import { expect, test } from 'vitest'
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
