import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine, SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { answers, asks, itemCompleted, itemStarted, turnCompleted } from '../model/codex-says.js'
import { PLACE, RecordedSession, requestHead } from '../reader/recorded-session.js'
import { expectRebuilt } from './rebuilt.js'
import { SessionOnDisk } from './session-on-disk.js'

test('spans that are made anew of what was recorded are those that were made then', async () => {
  await expectRebuilt(await recordedSession())
})

test.each<[what: string, alter: (events: string[]) => string[]]>([
  ['says something else', (events) => events.map((line) => line.replace('"decline"', '"accept"'))],
  ['is of another time', (events) => events.map((line) => line.replace('00.700', '00.701'))],
  [
    'is of another connection',
    (events) => events.map((line) => line.replace('"connection":1', '"connection":2')),
  ],
  ['is missing', (events) => events.filter((line) => !line.includes('turn/completed'))],
  [
    'is there twice',
    (events) =>
      events.flatMap((line) =>
        line.includes('"kind":"run-ended"')
          ? [line.replace('"after":', '"exitCode":7,"after":'), line]
          : [line],
      ),
  ],
  ['comes before another one', (events) => [...events.slice(0, 2), ...events.slice(2).reverse()]],
])('where an event %s, that is seen', async (_, alter) => {
  const session = await recordedSession()
  const path = join(session.folder, SESSION_FILES.events)
  const events = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  const altered = alter(events)
  expect(altered).not.toEqual(events)
  // As for an undamaged record: damage is excluded from the comparison.
  const lines = altered.map((line) => {
    const { crc: _crc, ...record } = JSON.parse(line)
    return encodeLine(record, crc32)
  })
  writeFileSync(path, Buffer.concat(lines))
  await expect(expectRebuilt(session)).rejects.toThrow('made anew')
})

test('a session that is damaged fails, unless the test has damaged it', async () => {
  const session = await recordedSession()
  const path = join(session.folder, SESSION_FILES.events)
  const [first = '', ...rest] = readFileSync(path, 'utf8').split('\n')
  writeFileSync(
    path,
    [first, rest[0]?.replace('"json-rpc"', '"json-rpd"'), ...rest.slice(1)].join('\n'),
  )
  await expect(expectRebuilt(session)).rejects.toThrow('the damage of')
  await expectRebuilt(session, { isDamaged: true })
})

/** A turn with an exchange, and a tool that needed an approval. */
async function recordedSession(): Promise<SessionOnDisk> {
  const recorded = new RecordedSession()
  recorded.at(100)
  const exchange = recorded.recording.exchange(requestHead())
  exchange.requestBytes(Buffer.from('{"model":"gpt-5.1","input":"hi"}'))
  exchange.requestEnd()
  recorded.at(200)
  exchange.responseHead(200, 'OK', [['Content-Type', 'text/event-stream']])
  exchange.responseBytes(
    Buffer.from('data: {"type":"response.completed","response":{"id":"r"}}\n\n'),
  )
  exchange.end({ state: 'completed' })
  recorded.sees(500, itemStarted('c', { command: 'ls' }, PLACE))
  recorded.sees(600, asks(0, { place: PLACE, itemId: 'c', command: 'ls' }))
  recorded.sees(700, answers(0, { decision: 'decline' }))
  recorded.sees(800, itemCompleted('c', { status: 'declined' }, PLACE))
  recorded.sees(900, turnCompleted('completed', PLACE))
  await recorded.close(1000)
  return new SessionOnDisk(recorded.folder)
}
