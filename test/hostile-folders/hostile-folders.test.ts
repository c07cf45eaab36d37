import { rmSync } from 'node:fs'
import { AGENTS } from '@tacho/launcher'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tacho } from '../cli/tacho.js'
import { isSoak } from '../faults/extent.js'
import { type Collector, startCollector } from '../launcher/taps/otlp/collector.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { CHANGING_COMMANDS, READING_COMMANDS, READS_NO_SESSION } from './commands.js'
import { HOSTILE_FOLDERS } from './folders.js'
import { measured } from './measured.js'

/** Run every time, in turn: one command that reads everything, and one that searches it. */
const SOME_COMMANDS = [
  ['show', 'ID'],
  ['grep', 'no such words', 'ID'],
]

/** From each exchange, its rules look at others. */
const ON_EXCHANGES = ['explain', 'ID']

/** A busy machine lengthens elapsed time; processor time stays the same. */
const MOST_SECONDS = 10
const MOST_MEGABYTES = 500

let collector: Collector
beforeAll(async () => {
  collector = await startCollector()
})
afterAll(() => collector[Symbol.asyncDispose]())

const folders = HOSTILE_FOLDERS.map((folder, index) => {
  const inTurn = SOME_COMMANDS.slice(index % 2, (index % 2) + 1)
  const isOfMany = folder.name === 'so many exchanges'
  return { ...folder, commands: isOfMany ? [...SOME_COMMANDS, ON_EXCHANGES] : inTurn }
})

describe.each(folders)('$name', ({ write, size, small, commands }) => {
  const title = `costs tacho %s %s no more than ${MOST_SECONDS} s and ${MOST_MEGABYTES} MB`
  const written = () => write(sessionsDirectory(), isSoak ? size : small)

  describe('read', () => {
    let folder: string
    beforeAll(() => {
      folder = written()
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    test.each(isSoak ? READING_COMMANDS : commands)(title, (...words) =>
      expectBounded(words, folder),
    )
  })

  test.each(isSoak ? CHANGING_COMMANDS : [])(title, async (...words) => {
    const folder = written()
    try {
      await expectBounded(words, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

async function expectBounded(words: string[], folder: string): Promise<void> {
  const { seconds, megabytes, exitCode, stderr } = await measured(words, folder, collector.url)
  if (isSoak)
    console.info(
      `${seconds.toFixed(1)} s  ${megabytes.toFixed(0)} MB  exit ${exitCode}  ${words.join(' ')}`,
    )
  expect(stderr).not.toMatch(/bug in Tacho|heap out of memory/)
  expect([0, 1, 2, 3]).toContain(exitCode)
  expect(megabytes).toBeLessThan(MOST_MEGABYTES)
  expect(seconds).toBeLessThan(MOST_SECONDS)
}

test('every command that reads a session is tried on them', async () => {
  const { stdout } = await tacho(['--help'])
  const { stdout: exports } = await tacho(['export', '--help'])
  const listed = [
    ...commandsOf(stdout).filter((name) => name !== 'export'),
    ...commandsOf(exports).map((name) => `export ${name}`),
  ]
  const tried = [...READING_COMMANDS, ...CHANGING_COMMANDS].map(([name, second]) =>
    name === 'export' ? `export ${second}` : name,
  )
  const others = [...AGENTS.map(({ name }) => name), 'run', ...READS_NO_SESSION, 'export help']
  expect(listed.filter((name) => !tried.includes(name) && !others.includes(name))).toEqual([])
})

function commandsOf(help: Buffer): string[] {
  const [, list = ''] = help.toString().split('\nCommands:\n')
  return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name)
}
