import { sessionRoots } from '@tacho/reader'
import { expect, test } from 'vitest'

const home = '/home/ada'
const codex = '/home/ada/.codex/sessions'
const state = '/home/ada/.local/state/tacho/sessions'

for (const [name, directory, environment, roots] of [
  ['the defaults', undefined, {}, [codex, state]],
  ['a folder that was asked for, and no other', '/tmp/s', { TACHO_SESSIONS_DIR: '/x' }, ['/tmp/s']],
  ['TACHO_SESSIONS_DIR first', undefined, { TACHO_SESSIONS_DIR: '/x' }, ['/x', codex, state]],
  ['an empty TACHO_SESSIONS_DIR is none', undefined, { TACHO_SESSIONS_DIR: '' }, [codex, state]],
  ['XDG_STATE_HOME', undefined, { XDG_STATE_HOME: '/s' }, [codex, '/s/tacho/sessions']],
  ['a relative XDG_STATE_HOME is ignored', undefined, { XDG_STATE_HOME: 's' }, [codex, state]],
  ['each root once', undefined, { TACHO_SESSIONS_DIR: codex }, [codex, state]],
] as const) {
  test(`roots: ${name}`, () => {
    expect(sessionRoots({ directory, agents: [codex], environment, home })).toEqual(roots)
  })
}
