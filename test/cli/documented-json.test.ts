import { linkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { documentedFields, namesOfMembers } from '../agents/documented-fields.js'
import { httpCollector } from '../otlp/collectors.js'
import {
  exchangeRecords,
  FIRST,
  lines,
  RUN_ID,
  SESSION_ID,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const SECRET = `ghp_${'0123456789abcdefghijABCDEFGHIJ012345'}`
const REJECTED = { partialSuccess: { rejectedSpans: 1, errorMessage: 'no more' } }

// The commands whose sessions need no agent; test/agents/codex-questions.test.ts has the others.
for (const words of [
  ['raw', SESSION_ID, '1', '--chunks'],
  ['salvage', SESSION_ID, '--to', 'OUT'],
  ['rebuild', SESSION_ID, '--to', 'OUT'],
  ['seal', SESSION_ID],
  ['scrub', SESSION_ID],
  ['rm', SESSION_ID],
  ['prune', '--older-than', '1d'],
  ['doctor'],
  ['export', 'otlp', SESSION_ID, '--endpoint', 'COLLECTOR'],
]) {
  const [first = '', second = ''] = words
  const command = first === 'export' ? `${first} ${second}` : first
  test(`docs/cli.md names every field that tacho ${command} --json prints, and no other`, async () => {
    const directory = sessionsDirectory()
    const chunks = ['text', [{ base64: '//4=' }]]
    const folder = writeSession(directory, {
      raw: exchangeRecords({ id: FIRST, request: SECRET, chunks }),
    })
    const run = { run: RUN_ID, time: '2026-11-23T10:00:00.000000Z' }
    const started = { pid: 1, version: '0.1.0', command: 'exec', cwd: '/', taps: ['http'] }
    const events = [
      { kind: 'run-started', agent: { name: 'codex' }, ...started, ...run, after: 0 },
      { kind: 'run-ended', exitCode: 0, ...run, after: 6 },
    ]
    writeFileSync(join(folder, SESSION_FILES.events), lines(events), { mode: 0o600 })
    const transcript = join(directory, 'rollout.jsonl')
    writeFileSync(transcript, `{"text":"${SECRET}"}\n`, { mode: 0o600 })
    linkSync(transcript, join(folder, 'rollout.jsonl'))
    const { address } = await httpCollector({
      answer: Buffer.from(JSON.stringify(REJECTED)),
      answerHeaders: { 'content-type': 'application/json' },
    })
    const { stdout } = await tacho([
      ...words.map((word) =>
        word.replace('OUT', join(directory, 'out')).replace('COLLECTOR', `http://${address}`),
      ),
      ...['--json', '--sessions-dir', directory],
    ])
    const text = stdout.toString().trim()
    const values =
      first === 'raw' ? text.split('\n').map((line) => JSON.parse(line)) : JSON.parse(text)
    const printed = namesOfMembers(values)
    const { named, known } = documentedFields(command)
    expect(printed.size).toBeGreaterThan(0)
    expect([...printed].filter((name) => !known.has(name))).toEqual([])
    expect(named.filter((name) => !printed.has(name))).toEqual([])
  })
}
