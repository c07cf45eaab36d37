import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type EventRecord, SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { recordExchanges, SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { sessionsDirectory } from '../reader/session-folder.js'

test('that a run has started is written at once, and so is what is seen before the session has its id', async () => {
  const root = sessions()
  const recording = startRecording(root, { taps: ['http', 'hooks'], provider: 'openai' })
  recording.signalled('SIGINT')
  const [unnamed = ''] = readdirSync(root)
  expect(unnamed).not.toBe(SESSION_ID)
  expect(eventsIn(join(root, unnamed))).toEqual([
    expect.objectContaining({
      kind: 'run-started',
      taps: ['http', 'hooks'],
      provider: 'openai',
      after: 0,
    }),
    expect.objectContaining({ kind: 'signal', signal: 'SIGINT' }),
  ])
  recordExchanges(recording, 1)
  await recording.close({ exitCode: 0 })
  expect(kindsIn(join(root, SESSION_ID))).toEqual([
    'run-started',
    'signal',
    'log-event',
    'run-ended',
  ])
})

test('a resume goes on in the file of the run before it, with what it saw before it knew of that', async () => {
  const root = sessions()
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const recording = startRecording(root)
    recording.signalled(signal)
    recordExchanges(recording, 1)
    await recording.close({ exitCode: 0 })
  }
  const folder = join(root, SESSION_ID)
  const one = ['run-started', 'signal', 'log-event', 'run-ended']
  expect(kindsIn(folder)).toEqual([...one, ...one])
  expect(new Set(eventsIn(folder).map(({ run }) => run)).size).toBe(2)
  expect(statSync(join(folder, SESSION_FILES.events)).mode & 0o777).toBe(0o600)
  expect(readdirSync(root)).toEqual([SESSION_ID])
})

test('what cannot be understood costs what it means: it is told once, counted, and all else goes on', async () => {
  const root = sessions()
  const troubles: string[] = []
  const recording = startRecording(root, { onTrouble: (sentence) => troubles.push(sentence) })
  recordExchanges(recording, 1)
  for (let fault = 0; fault < 9; fault += 1) {
    recording.latest.observe(() => {
      throw new TypeError('nobody expects this')
    })
  }
  recordExchanges(recording, 1)
  await recording.close({ exitCode: 0 })
  expect(troubles).toEqual([
    'Some of what the agent was seen to do could not be read (TypeError: nobody expects this). It is recorded all the same.',
  ])
  const folder = join(root, SESSION_ID)
  const manifest = JSON.parse(readFileSync(join(folder, SESSION_FILES.manifest), 'utf8'))
  expect(manifest.runs).toMatchObject([{ faults: { meaning: 9 }, exchanges: { completed: 2 } }])
  const spans = readFileSync(join(folder, SESSION_FILES.meta), 'utf8').split('\n')
  expect(
    spans.filter((line) =>
      /"endTimeUnixNano".*"name":"chat|"name":"chat.*"endTimeUnixNano"/.test(line),
    ),
  ).toHaveLength(2)
})

test('an event says how many records of its run stood in the raw log before it', async () => {
  const root = sessions()
  const recording = startRecording(root)
  recordExchanges(recording, 2)
  await recording.close({ exitCode: 0 })
  const folder = join(root, SESSION_ID)
  const records = readFileSync(join(folder, SESSION_FILES.raw), 'utf8').trimEnd().split('\n').length
  expect(eventsIn(folder).map(({ kind, after }) => [kind, after])).toEqual([
    ['run-started', 0],
    ['log-event', records / 2],
    ['log-event', records],
    ['run-ended', records],
  ])
})

test('secrets are replaced, however deep they stand', async () => {
  const root = sessions()
  const secret = 'canary-0123456789abcdef-0123456789abcdef'
  const recording = startRecording(root, { environment: { CANARY_TOKEN: secret } })
  const message = { method: 'item/started', params: { item: { command: ['echo', secret] } } }
  recording.session(SESSION_ID).event({ kind: 'json-rpc', connection: 1, from: 'server', message })
  await recording.close({ exitCode: 0 })
  const text = readFileSync(join(root, SESSION_ID, SESSION_FILES.events), 'utf8')
  expect(text).not.toContain(secret)
  expect(text).toContain('["echo","[secret:environment:')
})

function sessions(): string {
  const root = join(sessionsDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  return root
}

function eventsIn(folder: string): EventRecord[] {
  const text = readFileSync(join(folder, SESSION_FILES.events), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as EventRecord)
}

function kindsIn(folder: string): string[] {
  return eventsIn(folder).map(({ kind }) => kind)
}
