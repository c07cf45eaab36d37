import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  approvalsOf,
  cancellationsOf,
  readSession,
  threadsOf,
  toolsOf,
  turnsOf,
} from '@tacho/reader'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectRebuilt } from '../agents/rebuilt.js'
import { SessionOnDisk } from '../agents/session-on-disk.js'
import { programPath, repositoryRoot, run } from '../host/index.js'

let cache = ''
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tacho-demo-'))
})
afterEach(() => rmSync(cache, { recursive: true, force: true, maxRetries: 20 }))

/** Plays the demo of a Node program with an SDK, in a cache folder of its own. */
function play(sdk: string) {
  const program = join(repositoryRoot, 'scripts/dist/demo/node/play.js')
  const env = { HOME: cache, XDG_CACHE_HOME: cache, PATH: process.env.PATH, LANG: 'C.UTF-8' }
  return run(process.execPath, [program, sdk], { env })
}

test('the demo of a Node program records the example agent: an approval, a cancellation, a failing request', async () => {
  const { exitCode, stdout, stderr } = await play(await programPath('sdks'))
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: '' })
  const text = stdout.toString()
  expect(text).toContain('Run "ls"? [y/N] y\nTwo files: agent.js is the agent itself')
  expect(text).toContain('(stopped)\n\n> Say hello.\nHello. The first try failed')
  const [, folder = ''] = /^ {2}folder +(.+)$/m.exec(text) ?? []
  const session = await readSession(folder)
  const turns = turnsOf(threadsOf(session))
  expect(turns.map(({ outcome }) => outcome)).toEqual(['completed', 'cancelled', 'completed'])
  expect(toolsOf(session)).toMatchObject([{ name: 'shell', command: 'ls', outcome: 'completed' }])
  expect(approvalsOf(session)).toMatchObject([
    { kind: 'tool', what: 'ls', outcome: 'allowed', decision: 'approve', turnId: turns[0]?.id },
  ])
  const [cancellation, ...others] = cancellationsOf(session)
  expect(others).toEqual([])
  expect(cancellation).toMatchObject({ origin: 'host', reason: 'Ctrl+C' })
  expect(cancellation?.stopped.map(({ kind }) => kind).sort()).toEqual(['exchange', 'turn'])
  const statuses = session.exchanges.map(({ status, state }) => [status, state])
  expect(statuses).toEqual([
    [200, 'completed'],
    [200, 'completed'],
    [200, 'cancelled'],
    // The SDK drops its body, which may be complete by then; either way that cancels nothing.
    [500, expect.stringMatching(/^(?:completed|cancelled)$/)],
    [200, 'completed'],
  ])
  const recorded = new SessionOnDisk(folder)
  expect(recorded.log).toContain('program: the next task {"task":"Say hello."}')
  expect(recorded.raw.some((record) => JSON.stringify(record).includes('demo-key'))).toBe(false)
  await expectRebuilt(recorded)
})
