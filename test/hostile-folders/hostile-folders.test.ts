import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sessionsDirectory } from '../reader/session-folder.js'
import { measured, READING_COMMANDS } from './commands.js'
import { HOSTILE_FOLDERS } from './folders.js'

const isSoak = process.env.TACHO_SOAK === '1'

/** What is tried every time: one that reads all of it, and one that proves it. */
const SOME_COMMANDS = [
  ['show', 'ID'],
  ['verify', 'ID'],
]

/** A machine that does other things meanwhile takes longer; the processor's time stays. */
const MOST_SECONDS = 10
const MOST_MEGABYTES = 500

describe.each(HOSTILE_FOLDERS)('$name', ({ write, size, small }) => {
  test.each(isSoak ? READING_COMMANDS : SOME_COMMANDS)(
    `costs tacho %s %s no more than ${MOST_SECONDS} s and ${MOST_MEGABYTES} MB`,
    (...words) => {
      const directory = sessionsDirectory()
      const folder = write(directory, isSoak ? size : small)
      const { seconds, megabytes, exitCode, stderr } = measured(words, folder)
      rmSync(folder, { recursive: true, force: true })
      expect(stderr).not.toMatch(/bug in Tacho|heap out of memory/)
      expect([0, 1, 2, 3]).toContain(exitCode)
      expect(megabytes).toBeLessThan(MOST_MEGABYTES)
      expect(seconds).toBeLessThan(MOST_SECONDS)
    },
    120_000,
  )
})
