import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { standIn } from './stand-in.js'
import { workplace } from './workplace.js'

// A request names the session, and that name may be anything.
test.each(['2026', '2031', '..', 'sub/folder', '01a20653-df5e-7e73-9ac4-a9965ff0ba3d'])(
  'the session id %s names no folder that is not a session’s',
  async (id) => {
    const codex = standIn(`ask('hello', {
      'x-codex-turn-metadata': JSON.stringify({ session_id: '${id}', thread_id: '${id}' }),
      'session-id': '${id}',
    }).then(() => console.log('asked'))`)
    await using place = await workplace([{ text: 'Yes.' }], { codex })
    const root = join(place.home.codexHome, 'sessions')
    // Codex's own folder by year, and one that somebody else made.
    mkdirSync(join(root, '2026/11'), { recursive: true, mode: 0o700 })
    mkdirSync(join(root, '01a20653-df5e-7e73-9ac4-a9965ff0ba3d'), { mode: 0o700 })
    writeFileSync(join(root, '01a20653-df5e-7e73-9ac4-a9965ff0ba3d/notes'), 'mine')
    const ended = await place.tacho(['codex', 'exec', '--persist-session'])
    expect(ended.stdout.toString()).toBe('asked\n')
    expect(readdirSync(join(root, '2026'))).toEqual(['11'])
    expect(readdirSync(join(root, '01a20653-df5e-7e73-9ac4-a9965ff0ba3d'))).toEqual(['notes'])
    const [own, ...others] = readdirSync(root).filter(
      (name) => name !== '2026' && name !== '01a20653-df5e-7e73-9ac4-a9965ff0ba3d',
    )
    expect(others).toEqual([])
    expect(own).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  },
)
