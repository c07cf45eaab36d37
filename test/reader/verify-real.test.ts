import { readSession, sealSession, verifySession } from '@tacho/reader'
import { expect, test } from 'vitest'
import { EXEC, workplace } from '../agents/workplace.js'

test('a session of the real Codex is clean, plain and sealed', async () => {
  await using place = await workplace([{ text: 'Hello.' }, { text: 'Again.' }])
  await place.tacho(['codex', ...EXEC, '--persist-session', 'Say hello'])
  const { folder } = place.session()
  const plain = await verifySession(folder)
  expect([plain.damage, plain.unreadable]).toEqual([[], undefined])
  const before = (await readSession(folder)).exchanges
  sealSession(folder)
  const sealed = await verifySession(folder)
  expect({ ...sealed, checked: { ...sealed.checked, files: 0 } }).toEqual({
    ...plain,
    checked: { ...plain.checked, files: 0 },
  })
  expect((await readSession(folder)).exchanges).toEqual(before)
  expect(place.session().rollouts).toHaveLength(1)
})
