import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sealSession } from '@tacho/reader'
import { expect, test } from 'vitest'
import { sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

test('an archive is a private file, and the line says where to open it', async () => {
  const directory = sessionsDirectory()
  const folder = writeSession(directory)
  const file = join(directory, 'x.har')
  const words = ['export', 'har', 'last', '--sessions-dir', directory]
  const { stderr, exitCode } = await tacho([...words, '--output', file])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('DevTools')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const plain = readFileSync(file)
  expect(JSON.parse(plain.toString()).log.entries).toHaveLength(2)
  sealSession(folder)
  const sealed = await tacho([...words, '-o', '-'])
  expect(sealed.stdout.equals(plain)).toBe(true)
  expect(sealed.stderr).toBe('')
})
