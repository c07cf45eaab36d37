import { AGENTS } from '@tacho/launcher'
import { expect, test } from 'vitest'

const HOME = '/home/ada'
const codex = AGENTS.find(({ name }) => name === 'codex')

test.each([
  [{ HOME }, '/home/ada/.codex/sessions'],
  [{ HOME, CODEX_HOME: '' }, '/home/ada/.codex/sessions'],
  [{ HOME, CODEX_HOME: '/c' }, '/c/sessions'],
])('with %j the sessions of Codex are in %s', (environment, root) => {
  expect(codex?.sessionsRoot(environment)).toBe(root)
})
