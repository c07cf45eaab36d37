import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { atEndOfFile } from '../end-of-file.js'
import { repositoryRoot, run } from '../host/index.js'

const folder = mkdtempSync(join(tmpdir(), 'tacho-stuck-'))
atEndOfFile(() => rmSync(folder, { recursive: true, force: true }))

test('a file that waits for a program that does not end is named, fails, and the run ends', async () => {
  const said = await runVitest(`
    import { execFileSync } from 'node:child_process'
    import { expect, test } from 'vitest'
    test('waits', () => void execFileSync('sleep', ['1000']))
    test('goes on', () => expect(1).toBe(1))`)
  expect(said).not.toMatch(/ends\.test\.mjs: no test/)
  expect(said).toMatch(/waits\.test\.mjs: no test has ended for \d+ s/)
  expect(said).toMatch(/\d+ \(\d+ s\) sleep 1000/)
  expect(said).toContain('Tests  1 failed | 2 passed')
})

test('a run that a file never lets end is ended', async () => {
  const said = await runVitest('while (true);')
  expect(said).toContain('It does not end: the run stops here.')
})

/** Runs one test file with the limits of seconds. */
async function runVitest(source: string): Promise<string> {
  const at = mkdtempSync(join(folder, 'run-'))
  symlinkSync(join(repositoryRoot, 'node_modules'), join(at, 'node_modules'))
  writeFileSync(join(at, 'waits.test.mjs'), source)
  writeFileSync(join(at, 'ends.test.mjs'), "import { test } from 'vitest'\ntest('ends', () => {})")
  writeFileSync(
    join(at, 'vitest.config.mjs'),
    `import StuckFiles from ${JSON.stringify(join(repositoryRoot, 'test/dist/stuck-files.js'))}
    const reporter = new StuckFiles({ limitMs: 1500, checkEveryMs: 200 })
    export default { test: { reporters: ['default', reporter] } }`,
  )
  const { stdout, stderr } = await run(
    process.execPath,
    [join(repositoryRoot, 'node_modules/vitest/vitest.mjs'), 'run', '--root', at],
    { env: { PATH: process.env.PATH ?? '', NO_COLOR: '1' } },
  )
  return `${stdout}${stderr}`
}
