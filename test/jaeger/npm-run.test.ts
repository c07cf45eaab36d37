import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { programPath, repositoryRoot, run, start } from '../host/index.js'

// These use the default ports, so they run one after the other.
const JAEGER = [process.execPath, join(repositoryRoot, 'scripts/dist/jaeger.js')] as const
const COLLECTOR = [process.execPath, join(repositoryRoot, 'scripts/dist/collector.js')] as const

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-npm-run-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** With the user's cache folder, where the programs are, and a PATH without a Jaeger. */
function environment(more: Record<string, string> = {}): Record<string, string> {
  const { HOME = '', XDG_CACHE_HOME } = process.env
  const cache = XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }
  return { HOME, ...cache, PATH: '/usr/bin:/bin', ...more }
}

test('npm run jaeger starts one that takes spans, says so, and ends on Ctrl-C', async () => {
  const env = environment({ TACHO_JAEGER: await programPath('jaeger') })
  await using jaeger = start(JAEGER, [], { env })
  const said = await jaeger.stdout.containing('This one is')
  expect(said).toContain('a placeholder stands in')
  for (const [, method, url] of [
    ['takes spans', 'POST', /spans over HTTP +(\S+)/.exec(said)?.[1]?.concat('/v1/traces')],
    ['has a page', 'GET', /its page +(\S+)/.exec(said)?.[1]],
    ['answers queries', 'GET', /curl (\S+\/api\/services)/.exec(said)?.[1]],
  ] as const) {
    const body = method === 'POST' ? { body: '{}' } : {}
    const headers = { 'Content-Type': 'application/json' }
    const response = await fetch(url ?? '', { method, headers, ...body })
    await response.arrayBuffer()
    expect([url, response.status]).toEqual([url, 200])
  }

  const second = await run(JAEGER, [], { env })
  expect(second.exitCode).toBe(1)
  expect(second.stderr.toString()).toMatch(
    /^Jaeger can't start: port 4317 is in use.*lsof -i :4317/,
  )

  jaeger.kill('SIGINT')
  expect(await jaeger.ended).toMatchObject({ exitCode: 0 })
})

test('a port of Jaeger’s own that is in use is named', async () => {
  const health = createServer()
  await new Promise<void>((resolve) => health.listen(13133, '127.0.0.1', resolve))
  const env = environment({ TACHO_JAEGER: await programPath('jaeger') })
  const { exitCode, stderr } = await run(JAEGER, [], { env })
  await new Promise((resolve) => health.close(resolve))
  expect([exitCode, stderr.toString()]).toEqual([
    1,
    expect.stringContaining('port 13133 is in use'),
  ])
})

test('the first jaeger on PATH is taken, and how it ends is told', async () => {
  mkdirSync(join(folder, 'a/jaeger'), { recursive: true })
  mkdirSync(join(folder, 'b'))
  writeFileSync(join(folder, 'b/jaeger'), '#!/bin/sh\necho its last words; exit 7\n')
  chmodSync(join(folder, 'b/jaeger'), 0o755)
  const PATH = `${folder}/a:${folder}/b:/usr/bin:/bin`
  const { exitCode, stderr } = await run(JAEGER, [], { env: environment({ PATH }) })
  expect([exitCode, stderr.toString()]).toEqual([
    1,
    'its last words\nJaeger ended by itself (7). Its last words are above.\n',
  ])
})

for (const [what, more, words] of [
  ['a wrong TACHO_JAEGER', { TACHO_JAEGER: '/nowhere/jaeger' }, /names \/nowhere\/jaeger, which/],
  [
    'no Jaeger and no Go',
    { XDG_CACHE_HOME: '' },
    /no go in PATH\. Install Go[\s\S]*released jaeger/,
  ],
] as const) {
  test(`${what} is told, with what to do`, async () => {
    const cache = 'XDG_CACHE_HOME' in more ? { XDG_CACHE_HOME: folder } : {}
    const { exitCode, stderr } = await run(JAEGER, [], { env: environment({ ...more, ...cache }) })
    expect([exitCode, stderr.toString()]).toEqual([1, expect.stringMatching(words)])
    expect(stderr.toString()).not.toMatch(/^ +at /m)
  })
}

test('npm run collector starts one under otel-collector.yaml', async () => {
  const env = environment({ TACHO_COLLECTOR_STATE: join(folder, 'state') })
  await using collector = start(COLLECTOR, [], { env })
  const said = await collector.stdout.containing('Now, in another terminal')
  const [, well = ''] = /is it well\? +(\S+)/.exec(said) ?? []
  expect((await fetch(well)).status).toBe(200)
  collector.kill('SIGINT')
  expect(await collector.ended).toMatchObject({ exitCode: 0 })
})
