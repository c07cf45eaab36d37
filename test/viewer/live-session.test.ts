import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { explainSession } from '@tacho/reader'
import { Recording } from '@tacho/recorder'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Change, changed } from '../../packages/viewer/src/api/change.js'
import { eventually } from '../host/index.js'
import { SESSION_ID, sessionsDirectory } from '../reader/session-folder.js'
import { openPage, type Served, serve } from './browser.js'

/**
 * 18 MB of answers: too much for a reader that starts over to go unnoticed, and explained in a
 * thread.
 */
const ANSWERS = 18
const ANSWER = `data: ${'x'.repeat(1000)}\n\n`.repeat(1000)

/** A finished exchange, as the last record of a raw log. */
const ENDED = /"kind":"end"[^\n]*\n$/

let root: string
let recording: Recording
let served: Served

beforeEach(async () => {
  root = sessionsDirectory()
  recording = new Recording({
    ...{ root, agent: { name: 'codex' }, command: 'exec', argv: ['exec', 'fix it'] },
    ...{ cwd: '/home/ada', environment: {}, logLevel: 'info', onTrouble: () => undefined },
  })
  for (let number = 0; number < ANSWERS; number += 1) record(ANSWER)
  await eventually(() => expect(readFileSync(rawLog()).length).toBeGreaterThan(16_000_000))
  served = await serve(root)
})

afterEach(async () => {
  await served[Symbol.asyncDispose]()
  await recording.close({ exitCode: 0 })
})

test('of a long session that goes on, what is read, sent and told is what is new', async () => {
  const lines = changesOf(served.address)
  const first = await lines.next()
  let answer = changed(undefined, JSON.parse(first.value ?? '')) as Answer
  await settled(served.pid)
  const before = bytesReadBy(served.pid)
  let sent = 0
  record('data: [DONE]\n\n')
  while (
    answer.parts.exchanges.length <= ANSWERS ||
    answer.parts.exchanges.at(-1)?.state !== 'completed'
  ) {
    const { value = '' } = await lines.next()
    sent += value.length
    answer = changed(answer, JSON.parse(value) as Change) as Answer
  }
  await lines.return(undefined)
  expect(bytesReadBy(served.pid) - before).toBeLessThan(1_000_000)
  expect(sent).toBeLessThan(20_000)
})

test('of what it is explained by, only what is new is read again', async () => {
  await answerOf('explanation')
  await settled(served.pid)
  for (const answer of ['data: [DONE]\n\n', 'data: {"type":']) {
    const before = bytesReadBy(served.pid)
    const { length } = readFileSync(rawLog())
    record(answer)
    await eventually(() => expect(readFileSync(rawLog()).toString('utf8', length)).toMatch(ENDED))
    const { causes } = (await answerOf('explanation')) as { causes: { sentence: string }[] }
    expect(bytesReadBy(served.pid) - before).toBeLessThan(1_000_000)
    const anew = await explainSession(join(root, SESSION_ID))
    expect(causes.map(({ sentence }) => sentence)).toEqual(
      [...anew.causes, ...anew.notes].map(({ sentence }) => sentence),
    )
  }
})

test('of its debug log and its events, only lines that are new are read again', async () => {
  const time = '2026-11-29T12:00:00.000000Z'
  for (const [log, name, line] of [
    ['log', SESSION_FILES.log, `${time} INFO  agent: ${'x'.repeat(60)}`],
    ['events', SESSION_FILES.events, `{"kind":"signal","time":"${time}","x":"${'x'.repeat(60)}"}`],
  ] as const) {
    const path = join(root, SESSION_ID, name)
    const has = readFileSync(path, 'utf8').split('\n').length - 1
    appendFileSync(path, `${line}\n`.repeat(LINES))
    let from = 1
    for (let next: number | undefined = 1; next !== undefined; ) {
      const page = (await answerOf(`${log}?from=${next}`)) as LinePage
      expect(page.items[0]?.line).toBe(next)
      from += page.items.length
      next = page.next
    }
    expect(from).toBe(has + LINES + 1)
    const before = bytesReadBy(served.pid)
    for (const more of [1, 2]) {
      appendFileSync(path, `${line.replace('xxx', 'new')}\n`)
      const { items } = (await answerOf(`${log}?from=${from}`)) as LinePage
      expect(items).toHaveLength(1)
      expect(JSON.stringify(items)).toContain('new')
      from += items.length
      expect(from).toBe(has + LINES + 1 + more)
    }
    expect(bytesReadBy(served.pid) - before).toBeLessThan(100_000)
    // Requesting an earlier line fetches it.
    const [first] = ((await answerOf(`${log}?from=${has + 1}`)) as LinePage).items
    expect(first).toMatchObject({ line: has + 1 })
    expect(JSON.stringify(first)).not.toContain('new')
  }
})

test('an event is on the page, and what was chosen there stays', async () => {
  await using opened = await openPage(`${served.address}&session=${SESSION_ID}`)
  const { page } = opened
  const list = page.getByRole('listbox', { name: 'What happened' })
  await list.getByRole('option', { name: /exchange 2 / }).click()
  await page.getByRole('region', { name: 'Exchange 2' }).waitFor()
  record('data: [DONE]\n\n')
  await page.getByText(`${ANSWERS + 1} exchanges`).waitFor()
  await list.getByRole('option', { name: /exchange 2 /, selected: true }).waitFor()
  await page.getByRole('region', { name: 'Exchange 2' }).waitFor()
  await page
    .getByRole('region', { name: 'Verdict' })
    .getByText('malformed-stream', { exact: true })
    .first()
    .waitFor()
  expect(opened.problems).toEqual([])
})

/** More than fit on a page. */
const LINES = 25_000

type LinePage = { items: { line: number }[]; next?: number }

/** What the server says about the session, as its page requests it. */
async function answerOf(what: string): Promise<unknown> {
  const answer = await asked(served.address, what)
  expect(answer.status).toBe(200)
  return answer.json()
}

function asked(address: string, what: string): Promise<Response> {
  const { origin, hash } = new URL(address)
  const token = new URLSearchParams(hash.slice(1)).get('token')
  const headers = { authorization: `Bearer ${token}` }
  return fetch(`${origin}/api/sessions/${SESSION_ID}/${what}`, { headers })
}

type Answer = { parts: { exchanges: { state: string }[] } }

function record(answer: string): void {
  const exchange = recording.exchange({
    ...{ method: 'POST', url: 'http://127.0.0.1:4000/v1/responses', provider: 'openai' },
    headers: [['content-type', 'application/json']],
    conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' },
  })
  exchange.requestBytes(Buffer.from('{"model":"scripted","input":"go on"}'))
  exchange.requestEnd()
  exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
  exchange.responseBytes(Buffer.from(answer))
  exchange.end({ state: 'completed' })
}

/** The lines about a session, as its page requests them. */
async function* changesOf(address: string): AsyncGenerator<string, void> {
  const response = await asked(address, 'changes')
  let begun = ''
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const [first = '', ...lines] = text.split('\n')
    begun += first
    for (const line of lines) {
      yield begun
      begun = line
    }
  }
}

/** All bytes that it read, from files and elsewhere: proc(5), `rchar`. */
function bytesReadBy(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1])
}

/** Waits until a process has read as much as before and none of its threads is at work: its start is over. */
async function settled(pid: number): Promise<void> {
  let last = Number.NaN
  await eventually(() => {
    const now = bytesReadBy(pid)
    const isSame = now - last < 10_000
    last = now
    expect([isSame, statesOf(pid)]).toEqual([true, 'S'])
  })
}

/** The states of its threads, each once; `R` also where one waits for a processor. */
function statesOf(pid: number): string {
  const states = readdirSync(`/proc/${pid}/task`).map((id) => {
    const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0]
  })
  return [...new Set(states)].sort().join('')
}

function rawLog(): string {
  return join(root, SESSION_ID, 'session_oai_raw.log')
}
