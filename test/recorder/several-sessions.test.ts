import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventRecord, Manifest } from '@tacho/format'
import { type Conversation, Recording, type RecordingOptions } from '@tacho/recorder'
import { afterEach, expect, test } from 'vitest'
import { requestHead } from '../reader/recorded-session.js'
import { START, sessionsDirectory, timeAt } from '../reader/session-folder.js'

const ONE = '0199a1b2-c3d4-7e5f-8a9b-000000000001'
const TWO = '0199a1b2-c3d4-7e5f-8a9b-000000000002'

const open = new Set<Recording>()
afterEach(async () => {
  for (const recording of open) await recording.close({ exitCode: 0 })
  open.clear()
})

test('a session that begins later counts from then, and its span too', async () => {
  const { recording, at } = start()
  at(10)
  request(recording, ONE)
  at(5000)
  const head = 4990
  recording.exchange({ ...requestHead(), conversation: { sessionId: TWO } }, micros(head))
  at(6000)
  await close(recording)
  const [one, two] = [ONE, TWO].map((id) => manifestOf(recording, id))
  expect([one?.startedAt, one?.runs[0]?.startedAt]).toEqual([timeAt(0), timeAt(0)])
  expect([two?.startedAt, two?.runs[0]?.startedAt]).toEqual([timeAt(head), timeAt(head)])
  expect(runStarted(recording, TWO).time).toBe(timeAt(head))
})

test('the log of each session begins with the start of the agent and ends with its end', async () => {
  const { recording } = start()
  recording.logStart('recording codex (tui) in /home/ada/project')
  request(recording, ONE)
  recording.log('info', 'codex', 'a word of the first')
  request(recording, TWO)
  recording.log('info', 'codex', 'a word of the second')
  recording.logEnd('codex ended: exit code 0')
  await close(recording)
  const start_ = 'INFO  tacho: recording codex (tui) in /home/ada/project'
  const end = 'INFO  tacho: codex ended: exit code 0'
  expect(logOf(recording, ONE)).toEqual([start_, 'INFO  codex: a word of the first', end])
  expect(logOf(recording, TWO)).toEqual([start_, 'INFO  codex: a word of the second', end])
})

test('one log for all sessions has each line once', async () => {
  const logPath = join(sessionsDirectory(), 'debug.log')
  const { recording } = start({ logPath })
  recording.logStart('recording codex')
  for (const id of [ONE, TWO]) request(recording, id)
  recording.logEnd('codex ended')
  await close(recording)
  expect(linesOf(logPath)).toEqual(['INFO  tacho: recording codex', 'INFO  tacho: codex ended'])
})

test('the version is that of all sessions, at once in their manifests', () => {
  const { recording } = start()
  request(recording, ONE)
  expect(manifestOf(recording, ONE).agent).toEqual({ name: 'codex' })
  request(recording, ONE, { agentVersion: '0.169.0' })
  request(recording, TWO)
  for (const id of [ONE, TWO]) {
    const { agent, runs } = manifestOf(recording, id)
    expect([agent.version, runs[0]?.agentVersion]).toEqual(['0.169.0', '0.169.0'])
  }
  expect(runStarted(recording, TWO)).toMatchObject({ agent: { version: '0.169.0' } })
})

test('a version that another tap tells stands in the manifest before any request', () => {
  const { recording } = start()
  recording.noteAgentVersion('0.169.0')
  recording.noteAgentVersion('0.170.0')
  expect(manifestOf(recording).agent.version).toBe('0.169.0')
  request(recording, ONE)
  expect(manifestOf(recording, ONE).agent.version).toBe('0.169.0')
})

function start(options: Partial<RecordingOptions> = {}) {
  let now = START * 1000
  const recording = new Recording({
    root: sessionsDirectory(),
    agent: { name: 'codex' },
    command: 'tui',
    argv: [],
    cwd: '/home/ada/project',
    environment: {},
    logLevel: 'info',
    onTrouble: (sentence) => {
      throw new Error(sentence)
    },
    clock: { microseconds: () => now },
    ...options,
  })
  open.add(recording)
  const at = (milliseconds: number): void => {
    now = micros(milliseconds)
  }
  return { recording, at }
}

async function close(recording: Recording): Promise<void> {
  open.delete(recording)
  await recording.close({ exitCode: 0 })
}

function request(recording: Recording, sessionId: string, more: Conversation = {}): void {
  recording.exchange({ ...requestHead(), conversation: { sessionId, ...more } })
}

function micros(milliseconds: number): number {
  return (START + milliseconds) * 1000
}

function folderOf(recording: Recording, id: string | undefined): string {
  return recording.session(id).folder
}

function manifestOf(recording: Recording, id?: string): Manifest {
  return JSON.parse(readFileSync(join(folderOf(recording, id), 'session.json'), 'utf8'))
}

function runStarted(recording: Recording, id: string): EventRecord {
  const path = join(folderOf(recording, id), 'session_events.log')
  return JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '')
}

function logOf(recording: Recording, id: string): string[] {
  return linesOf(join(folderOf(recording, id), 'session.log'))
}

function linesOf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => line.replace(/^\S+ /, ''))
}
