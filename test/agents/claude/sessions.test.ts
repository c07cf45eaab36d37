import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SessionOnDisk } from '../session-on-disk.js'
import { expectItsBodies } from './bodies.js'
import { BYPASS, type ClaudePlace, claudePlace } from './place.js'
import { say } from './say.js'

const EXITED = { exitCode: 0 }

const print = (...args: string[]) => ['claude', '--persist-session', '-p', ...args, ...BYPASS]

test('--resume adds a run to the folder of a session, --fork-session begins another folder', async () => {
  await using place = await claudePlace([
    { text: 'Begun.' },
    { text: 'Gone on.' },
    { text: 'Branched off.' },
  ])
  await place.tacho(print('Begin'))
  const first = place.session()
  await place.tacho(print('--resume', first.id, 'Go on'))
  await place.tacho(print('--resume', first.id, '--fork-session', 'Branch off'))

  const fork = otherThan(place, first.id)
  expect(runsOf(first)).toEqual([EXITED, EXITED])
  expect(runsOf(fork)).toEqual([EXITED])
  for (const session of [first, fork]) expectItsOwn(session, place)
})

test('/clear ends a session in the TUI and begins another, each with what was said in it', async () => {
  await using place = await claudePlace([{ text: 'The one.' }, { text: 'The other.' }])
  await using terminal = await place.tui('Say one')
  await terminal.showing('The one.')
  const first = place.session()
  await say(terminal, '/clear')
  await say(terminal, 'Say other')
  await terminal.showing('The other.')
  await say(terminal, '/exit')
  expect(await terminal.ended()).toMatchObject({ exitCode: 0 })

  const second = otherThan(place, first.id)
  for (const session of [first, second]) {
    expect(runsOf(session)).toEqual([EXITED])
    expectItsOwn(session, place)
  }
})

function otherThan(place: ClaudePlace, id: string): SessionOnDisk {
  const [other, ...more] = place.sessions().filter((session) => session.id !== id)
  if (other === undefined || more.length > 0) throw new Error(`${more.length} more sessions`)
  return other
}

function runsOf({ manifest }: SessionOnDisk): unknown[] {
  return manifest.runs.map(({ ended }) => ended)
}

/** Its requests and answers, and its transcript. */
function expectItsOwn(session: SessionOnDisk, place: ClaudePlace): void {
  expectItsBodies(session, place)
  const path = join(session.folder, `${session.id}.jsonl`)
  expect(existsSync(path)).toBe(true)
  expect(statSync(path).nlink).toBe(2)
}
