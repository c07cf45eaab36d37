import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine, SESSION_FILES } from '@tacho/format'
import { explainSession, salvageSession, verdictOf, verifySession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { tacho } from '../cli/tacho.js'
import { cutWithinLine } from '../faults/cut-within-line.js'
import { SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { sessionsDirectory } from './session-folder.js'

const { raw, meta, events, log, manifest } = SESSION_FILES

const EXCHANGES = 10

/** A session that ended well, with request bodies that copy from one another. */
async function healthy(): Promise<string> {
  const root = sessionsDirectory()
  const recording = startRecording(root)
  const items: object[] = []
  for (let number = 1; number <= EXCHANGES; number += 1) {
    const exchange = recording.exchange({
      method: 'POST',
      url: 'http://127.0.0.1:4000/v1/responses',
      headers: [['content-type', 'application/json']],
      provider: 'openai',
      conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' },
    })
    items.push({ type: 'message', role: 'user', content: `Item ${number}: ${'words '.repeat(50)}` })
    exchange.requestBytes(Buffer.from(JSON.stringify({ model: 'scripted', input: items })))
    exchange.requestEnd()
    exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
    const told = { type: 'response.completed', response: { status: 'completed', output: [] } }
    exchange.responseBytes(Buffer.from(`event: ${told.type}\ndata: ${JSON.stringify(told)}\n\n`))
    exchange.end({ state: 'completed' })
    recording.log('info', 'codex', `exchange ${number} is over: ö`)
  }
  await recording.close({ exitCode: 0 })
  return join(root, SESSION_ID)
}

/** Leaves the first of a file's lines, as many as that share of them. */
function cutLines(path: string, share: number): void {
  const lines = readFileSync(path, 'latin1').split(/(?<=\n)/)
  writeFileSync(path, lines.slice(0, Math.floor(lines.length * share)).join(''), 'latin1')
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

/** Makes the request of the second exchange copy from one that nobody recorded. */
function copyFromNowhere(path: string): void {
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const body = lines.filter(({ kind }) => kind === 'request-body')[1]
  const piece = body.content.find((one: object | string) => typeof one === 'object')
  piece.copy = 'feedfeedfeedfeed'
  const written = lines.map(({ crc: _, ...record }) => encodeLine(record, crc32))
  writeFileSync(path, Buffer.concat(written))
}

/** As if its recorder had gone before it could write the end of the run. */
function withoutEnd(path: string): void {
  const { crc: _, ...told } = JSON.parse(readFileSync(path, 'utf8'))
  for (const run of told.runs)
    Object.assign(run, { ended: undefined, endedAt: undefined, pid: 2 ** 22 + 1 })
  writeFileSync(path, JSON.stringify(told))
}

type Loss = [title: string, file: string, lose: (path: string) => void]

const LOSSES: Loss[] = [
  ['the last 30 % of the raw log', raw, (path) => cutWithinLine(path, 0.7)],
  ['the last lines of the raw log', raw, (path) => cutLines(path, 0.7)],
  ['the last line of the raw log', raw, (path) => cutLines(path, 0.99)],
  ['a bit of the raw log', raw, (path) => flip(path, 2000)],
  ['the raw log', raw, rmSync],
  ['a request that another one copies from', raw, copyFromNowhere],
  ['the last 30 % of the events', events, (path) => cutWithinLine(path, 0.7)],
  ['the last line of the events', events, (path) => cutLines(path, 0.9)],
  ['all lines of the events', events, (path) => cutLines(path, 0)],
  ['a bit of the events', events, (path) => flip(path, 60)],
  ['the events', events, rmSync],
  ['the last 30 % of the spans', meta, (path) => cutWithinLine(path, 0.7)],
  ['the last lines of the spans', meta, (path) => cutLines(path, 0.7)],
  ['a bit of the spans', meta, (path) => flip(path, 200)],
  ['the spans', meta, rmSync],
  ['the last 30 % of the manifest', manifest, (path) => cutWithinLine(path, 0.7)],
  ['a bit of the manifest', manifest, (path) => flip(path, 60)],
  ['the manifest', manifest, rmSync],
  ['the end of the debug log', log, (path) => cutWithinLine(path, 0.95)],
  [
    'a byte of a letter in the debug log',
    log,
    (path) => writeFileSync(path, readFileSync(path, 'latin1').replace('Ã', 'A'), 'latin1'),
  ],
  ['the debug log', log, rmSync],
]

describe('a session that ended well is explained as one that is not whole, without', () => {
  test.each(LOSSES)('%s', async (_, file, lose) => {
    const folder = await healthy()
    lose(join(folder, file))
    const told = await explainSession(folder)
    const lost = told.causes.find(({ code }) => code === 'records-lost')
    expect(verdictOf(told)).toBe(lost?.sentence)
    expect(told.causes).toEqual([lost])
    // What a lost line of the events or of the spans said, the manifest or the other log says.
    expect([file, manifest]).toContain(lost?.evidence[0]?.file)
    expect(told.session.damage.length).toBeGreaterThan(0)
  })
})

test('a session that is whole has no causes', async () => {
  const folder = await healthy()
  const told = await explainSession(folder)
  expect(told.causes).toEqual([])
  expect(told.session.damage).toEqual([])
  expect(verdictOf(told)).toContain('Nothing that was recorded went wrong.')
  expect((await verifySession(folder)).damage).toEqual([])
})

test('a recorder that dies while it writes a line is not a loss of its own', async () => {
  const folder = await healthy()
  withoutEnd(join(folder, manifest))
  cutLines(join(folder, meta), 0.7)
  cutLines(join(folder, events), 0.7)
  cutWithinLine(join(folder, raw), 0.7)
  const explained = await explainSession(folder)
  expect(explained.causes.map(({ code }) => code)).toEqual([explained.end.code])
  expect(explained.end.code).not.toBe('clean')
})

test('an exchange that lost its end in the record was not in flight', async () => {
  const folder = await healthy()
  cutLines(join(folder, raw), 0.99)
  const { inFlight, endsMissing } = await explainSession(folder)
  expect(inFlight).toEqual([])
  expect(endsMissing).toMatchObject([{ exchange: EXCHANGES, what: 'scripted' }])
  const asked = ['explain', 'last', '--sessions-dir', join(folder, '..')]
  const { stdout } = await tacho(asked)
  expect(stdout.toString()).toContain(
    `ended, but the end is missing from the record\n  exchange ${EXCHANGES}: scripted\n`,
  )
  expect(stdout.toString()).not.toContain('in flight')
})

test('an exchange whose span has ended was not in flight when its recorder died', async () => {
  const folder = await healthy()
  withoutEnd(join(folder, manifest))
  cutLines(join(folder, meta), 0.95)
  cutLines(join(folder, events), 0.7)
  cutLines(join(folder, raw), 0.99)
  const { session, inFlight, endsMissing } = await explainSession(folder)
  expect(session.ended).toBe('died')
  expect(inFlight.filter(({ kind }) => kind === 'exchange')).toEqual([])
  expect(endsMissing).toMatchObject([{ exchange: EXCHANGES }])
})

describe('a disk that stayed full is told by', () => {
  test('half lines in several logs, of a recorder that left no end', async () => {
    const folder = await healthy()
    withoutEnd(join(folder, manifest))
    for (const log of [raw, meta, events]) cutWithinLine(join(folder, log), 0.7)
    const { end, causes } = await explainSession(folder)
    expect([end.code, end.certainty]).toEqual(['disk-full', 'likely'])
    expect(causes.map(({ code }) => code)).toEqual(['disk-full'])
  })

  test('half a line of a log, and a manifest that does not tell the end that the events tell', async () => {
    const folder = await healthy()
    withoutEnd(join(folder, manifest))
    cutLines(join(folder, meta), 0.95)
    cutWithinLine(join(folder, raw), 0.7)
    const { session, end, causes } = await explainSession(folder)
    expect([session.ended, end.code]).toEqual(['completed', 'clean'])
    expect(causes.map(({ code }) => code)).toEqual(['disk-full'])
  })
})

test('what a power failure cut off in several logs is no sign of a full disk', async () => {
  const folder = await healthy()
  withoutEnd(join(folder, manifest))
  for (const log of [raw, meta]) cutWithinLine(join(folder, log), 0.7)
  const [started = ''] = readFileSync(join(folder, events), 'utf8').split('\n')
  const { crc: _, ...told } = JSON.parse(started)
  writeFileSync(join(folder, events), encodeLine({ ...told, bootId: 'another' }, crc32))
  const { causes } = await explainSession(folder)
  expect(causes.map(({ code }) => code)).toEqual(['power-loss'])
})

test('tacho explain says what is lost, with exit code 3', async () => {
  const folder = await healthy()
  cutWithinLine(join(folder, raw), 0.7)
  const asked = ['explain', 'last', '--sessions-dir', join(folder, '..')]
  const { stdout, stderr, exitCode } = await tacho(asked)
  expect(exitCode).toBe(3)
  expect(stderr.toString()).toContain('some of this session could not be read')
  expect(stdout.toString()).toMatch(/^The recording is damaged, .*the last line is cut off\.\n/)
  expect(stdout.toString()).toMatch(/session_oai_raw\.log:\d+ +the last line is cut off/)
})

test('what is salvaged of a session without events or debug log is clean', async () => {
  const folder = await healthy()
  renameSync(join(folder, events), join(folder, '..', events))
  rmSync(join(folder, log))
  const target = join(folder, '..', 'salvaged')
  salvageSession(folder, target)
  expect((await verifySession(target)).damage).toEqual([])
})
