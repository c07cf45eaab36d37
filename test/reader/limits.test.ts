import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { conversationReader, scrubSession } from '@tacho/reader'
import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
// They are the package's own.
import {
  CONVERSATION_BYTES,
  LOG_WORK,
  PASSED_LINE_WORK,
} from '../../packages/reader/dist/limits.js'
import { fingerprint } from '../scrub/fingerprint.js'
import { exchangeRecords, sessionsDirectory, writeSession } from './session-folder.js'

test('a session of 7,000 exchanges, 800 MB and three million pieces of answers is read to its end', () => {
  expect(800e6 + 3e6 * PASSED_LINE_WORK).toBeLessThan(LOG_WORK)
})

test('the longest request that is read as a conversation is read, and one byte more is refused', () => {
  const [start, end] = ['{"model":"m","input":"', '"}']
  const textBytes = CONVERSATION_BYTES - start.length - end.length
  const raw = [0, 1].flatMap((more) =>
    exchangeRecords({
      id: `111111111111111${more}`,
      request: `${start}${'x'.repeat(textBytes + more)}${end}`,
    }),
  )
  const reader = conversationReader(writeSession(sessionsDirectory(), { raw }))
  const [longest, longer] = reader.requests()
  if (longest === undefined || longer === undefined) throw new Error('there are two requests')
  expect(reader.given(longest).request.messages).toHaveLength(1)
  expect(() => reader.given(longer)).toThrow(
    `exchange 2 has ${CONVERSATION_BYTES + 1} bytes: up to ${CONVERSATION_BYTES} are read`,
  )
})

test('a log with more damaged lines than are searched is not called scrubbed', () => {
  const folder = writeSession(sessionsDirectory())
  writeFileSync(join(folder, SESSION_FILES.meta), 'x\n'.repeat(400_000), { mode: 0o600 })
  const scrubber = createScrubber({ fingerprint })
  const scrub = () => scrubSession(folder, { scrubber, isDry: true, onBytes: () => undefined })
  expect(scrub).toThrow('than are scrubbed at once')
})
