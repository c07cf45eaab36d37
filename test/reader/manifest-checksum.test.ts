import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeManifest, resealManifest, SESSION_FILES } from '@tacho/format'
import { readSession, verifySession } from '@tacho/reader'
import { expect, test } from 'vitest'
import { RecordedSession } from './recorded-session.js'
import { manifestOf, sessionsDirectory, writeSession } from './session-folder.js'

const { manifest } = SESSION_FILES
const NOTHING = { raw: [], meta: [], isOpen: true }

test('every bit flip of a manifest is told by verify', async () => {
  const folder = writeSession(sessionsDirectory(), NOTHING)
  const whole = Buffer.from(encodeManifest(manifestOf(NOTHING), crc32))
  writeFileSync(join(folder, manifest), whole)
  expect((await verifySession(folder)).damage).toEqual([])
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = Buffer.from(whole)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    writeFileSync(join(folder, manifest), flipped)
    const { damage } = await verifySession(folder)
    if (damage[0]?.file !== manifest) expect([bit, flipped.toString(), damage]).toEqual([])
  }
})

test('every cut of a manifest is told by verify', async () => {
  const folder = writeSession(sessionsDirectory(), NOTHING)
  const whole = Buffer.from(encodeManifest(manifestOf(NOTHING), crc32))
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(join(folder, manifest), whole.subarray(0, length))
    expect((await verifySession(folder)).damage).toMatchObject([{ file: manifest }])
  }
})

test('the recorder writes it, and a manifest without one, as Tacho 0.1.0 wrote, is read', async () => {
  const { folder } = new RecordedSession()
  expect(readFileSync(join(folder, manifest), 'utf8')).toMatch(/,\n {2}"crc": "[0-9a-f]{8}"\n\}\n$/)
  const old = writeSession(sessionsDirectory(), NOTHING)
  writeFileSync(join(old, manifest), `${JSON.stringify(manifestOf(NOTHING), null, 2)}\n`)
  expect((await readSession(old)).damage).toEqual([])
})

test('what it says can still be read where its checksum does not match', async () => {
  const folder = writeSession(sessionsDirectory())
  const text = Buffer.from(encodeManifest(manifestOf({}), crc32)).toString()
  writeFileSync(join(folder, manifest), text.replace('/home/ada/project', '/home/ada/Project'))
  const session = await readSession(folder)
  expect(session.runs).toMatchObject([{ cwd: '/home/ada/Project' }])
  expect(session.damage).toEqual([
    { file: manifest, lines: 0, reason: 'its checksum does not match' },
  ])
})

for (const format of [0, -1, 1.5, '1', null, Number.NaN]) {
  test(`format ${JSON.stringify(format)} is none`, async () => {
    const folder = writeSession(sessionsDirectory())
    writeFileSync(
      join(folder, manifest),
      encodeManifest({ ...manifestOf({}), format } as never, crc32),
    )
    expect((await readSession(folder)).damage).toMatchObject([
      { file: manifest, reason: 'not a manifest: it names no format' },
    ])
  })
}

test('a text that was changed gets the checksum that it then has', () => {
  const [one, other] = ['a', 'b'].map((id) => Buffer.from(encodeManifest({ id, runs: [] }, crc32)))
  const changed = Buffer.from(String(one).replace('"a"', '"b"'))
  expect(Buffer.from(resealManifest(changed, crc32))).toEqual(other)
  const old = Buffer.from('{"runs":[]}')
  expect(resealManifest(old, crc32)).toEqual(old)
})
