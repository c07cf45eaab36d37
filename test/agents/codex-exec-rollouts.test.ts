import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../host/index.js'
import { sessionIdOf, standIn } from './stand-in.js'
import { EXEC, workplace } from './workplace.js'

test('on another file system the rollout is a link while codex runs, and a copy afterwards', async () => {
  const root = elsewhere()
  await using place = await workplace([{ text: 'One, two, three.', deltas: 3, holdAfter: 4 }])
  const args = ['codex', ...EXEC, '--persist-session', '--sessions-dir', root, 'Count']
  await using tacho = place.startTacho(args, { stdin: '' })
  await place.model.responseSent(1, 4)
  const during = await eventually(() => {
    const session = place.session(root)
    const [name = ''] = session.rollouts
    expect(lstatSync(join(session.folder, name)).isSymbolicLink()).toBe(true)
    return session.text(name)
  })
  expect(during).toContain('"session_meta"')
  place.model.release()
  expect(await tacho.ended).toMatchObject({ exitCode: 0 })

  const session = place.session(root)
  const [name = '', ...more] = session.rollouts
  expect(more).toEqual([])
  expect(lstatSync(join(session.folder, name)).isFile()).toBe(true)
  const kept = readdirSync(place.home.codexHome, { recursive: true, encoding: 'utf8' })
  const own = kept.filter((path) => path.endsWith(name))
  expect(own).toHaveLength(1)
  expect(session.text(name)).toBe(readFileSync(join(place.home.codexHome, own[0] ?? ''), 'utf8'))
  expect(session.text(name)).toContain('One, two, three.')
  expect(session.names().filter((one) => one.startsWith('.'))).toEqual([])
})

test('a rollout that codex replaces is linked anew', async () => {
  const codex = standIn(`${WRITE_ROLLOUT}
    ;(async () => {
      writeRollout('old')
      await ask('one')
      writeRollout('new')
      await ask('two')
    })()`)
  await using place = await workplace([{ text: 'Yes.' }], { codex })
  expect(await place.tacho(['codex', 'exec', '--persist-session'])).toMatchObject({ exitCode: 0 })
  const session = place.session()
  const [name = '', ...more] = session.rollouts
  expect(more).toEqual([])
  expect(session.text(name)).toBe('new\n')
  expect(statSync(join(session.folder, name)).nlink).toBe(2)
})

test('the rollouts of a session’s other threads are in its folder too', async () => {
  const codex = standIn(`${WRITE_ROLLOUT}
    ;(async () => {
      for (const thread of ['${sessionIdOf(1)}', '${sessionIdOf(2)}']) {
        writeRollout(thread, thread)
        await ask('one', { 'x-codex-turn-metadata': JSON.stringify({
          session_id: '${sessionIdOf(1)}', thread_id: thread, turn_id: 'turn of ' + thread }) })
      }
    })()`)
  await using place = await workplace([{ text: 'Yes.' }], { codex })
  await place.tacho(['codex', 'exec', '--persist-session'])
  const session = place.session()
  expect(session.id).toBe(sessionIdOf(1))
  expect(session.rollouts.map((name) => session.text(name))).toEqual([
    `${sessionIdOf(1)}\n`,
    `${sessionIdOf(2)}\n`,
  ])
  expect(session.exchanges.map(({ threadId }) => threadId)).toEqual([
    sessionIdOf(1),
    sessionIdOf(2),
  ])
})

/** A sessions folder on a different file system from the temporary folder. */
function elsewhere(): string {
  const folder = mkdtempSync('/dev/shm/tacho-test-')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  expect(statSync(folder).dev, '/dev/shm is another file system').not.toBe(statSync(tmpdir()).dev)
  return folder
}

/** Writes a rollout where Codex would, replacing the existing one. */
const WRITE_ROLLOUT = `
const path = require('node:path')
function writeRollout(text, thread = '${sessionIdOf(1)}') {
  const date = new Date(parseInt(thread.replaceAll('-', '').slice(0, 12), 16))
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((one) => String(one).padStart(2, '0'))
  const folder = path.join(process.env.CODEX_HOME, 'sessions', ...day)
  fs.mkdirSync(folder, { recursive: true })
  const file = path.join(folder, 'rollout-2025-10-01T00-00-00-' + thread + '.jsonl')
  fs.writeFileSync(file + '.new', text + '\\n')
  fs.renameSync(file + '.new', file)
}
`
