import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { findSessions, readSession, summarize } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { SESSION_ID, sessionsDirectory, writeSession } from './session-folder.js'

describe('what stands in place of a file is neither followed nor waited for', () => {
  const replacements: [name: string, put: (path: string) => void, reason: string][] = [
    [
      'a symbolic link to a good file',
      (path) => {
        renameSync(path, `${path}.away`)
        symlinkSync(`${path}.away`, path)
      },
      'a symbolic link, not followed',
    ],
    [
      'a FIFO',
      (path) => {
        rmSync(path)
        execFileSync('mkfifo', [path])
      },
      'not a plain file',
    ],
    [
      'a folder',
      (path) => {
        rmSync(path)
        mkdirSync(path)
      },
      'not a plain file',
    ],
    [
      'a link to a device',
      (path) => {
        rmSync(path)
        symlinkSync('/dev/zero', path)
      },
      'a symbolic link, not followed',
    ],
  ]
  for (const file of [SESSION_FILES.manifest, SESSION_FILES.raw, SESSION_FILES.meta]) {
    for (const [name, put, reason] of replacements) {
      test(`${name} as ${file}`, async () => {
        const root = sessionsDirectory()
        const folder = writeSession(root)
        put(join(folder, file))
        const expected = { file, lines: 0, reason }
        expect((await readSession(folder)).damage).toContainEqual(expected)
        expect(findSessions([root])).toHaveLength(1)
        expect(summarize({ id: SESSION_ID, folder, root }).damage).toContainEqual(expected)
      })
    }
  }
})

describe('what is no session folder is passed over', () => {
  const cases: [name: string, put: (root: string) => void][] = [
    [
      "Codex's own folders of years",
      (root) => mkdirSync(join(root, '2026', '11'), { recursive: true }),
    ],
    ['a file by the name of a session', (root) => writeFileSync(join(root, SESSION_ID), '')],
    ['an empty folder by the name of a session', (root) => mkdirSync(join(root, SESSION_ID))],
    [
      'a link to a session folder',
      (root) => symlinkSync(writeSession(sessionsDirectory()), join(root, SESSION_ID)),
    ],
    [
      'a folder whose name is not an id',
      (root) => {
        mkdirSync(join(root, '.new'))
        writeFileSync(join(root, '.new', SESSION_FILES.raw), '')
      },
    ],
    ['a root that is not there', (root) => rmSync(root, { recursive: true })],
    [
      'a root that is a file',
      (root) => {
        rmSync(root, { recursive: true })
        writeFileSync(root, '')
      },
    ],
  ]
  for (const [name, put] of cases) {
    test(name, () => {
      const root = sessionsDirectory()
      put(root)
      expect(findSessions([root])).toEqual([])
    })
  }
})

test.each(Object.values(SESSION_FILES))('a folder with nothing but %s is a session', (file) => {
  const root = sessionsDirectory()
  mkdirSync(join(root, SESSION_ID))
  writeFileSync(join(root, SESSION_ID, file), '')
  expect(findSessions([root]).map(({ id }) => id)).toEqual([SESSION_ID])
})
