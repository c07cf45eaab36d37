import { chmodSync, linkSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RawRecord, SESSION_FILES } from '@tacho/format'
import { verifiableBytes, verifySession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  lines,
  manifestOf,
  RUN_ID,
  SECOND,
  type SessionParts,
  sessionsDirectory,
  spansOfTwo,
  startedSpan,
  timeAt,
  writeSession,
} from './session-folder.js'

test('a session is clean, and all of it was looked at', async () => {
  const folder = cleanSession()
  let bytes = 0
  const result = await verifySession(folder, (more) => {
    bytes += more
  })
  expect(result).toEqual({
    damage: [],
    checked: {
      files: 3,
      bytes,
      records: 10,
      events: 0,
      spans: 1,
      requestBodies: 2,
      responseBodies: 2,
    },
    gaps: { count: 0, lost: {}, incompleteBodies: 0 },
    broken: [],
  })
  expect(bytes).toBe(verifiableBytes(folder))
})

describe('bodies that are not whole as they came are no damage', () => {
  const cases: [what: string, index: number, change: object, broken: object[]][] = [
    [
      'a request whose coding broke',
      1,
      { broken: 'zstd: no' },
      [{ exchange: 1, side: 'request', reason: 'zstd: no' }],
    ],
    [
      'a response whose coding broke',
      9,
      { broken: 'gzip: no' },
      [{ exchange: 2, side: 'response', reason: 'gzip: no' }],
    ],
    ['a request that was cut', 1, { cut: true }, []],
    ['a request that is longer than is decoded', 1, { stopped: 6 }, []],
    ['a response that is longer than is decoded', 9, { stopped: 3 }, []],
  ]
  for (const [what, index, change, broken] of cases) {
    test(what, async () => {
      const folder = cleanSession()
      replaceRecord(folder, index, change)
      expect(await verifySession(folder)).toMatchObject({
        damage: [],
        broken,
        gaps: { incompleteBodies: 1 },
      })
    })
  }
})

describe('damage is found', () => {
  const cases: [what: string, spoil: (folder: string) => void, file: string, reason: RegExp][] = [
    [
      'a request body that is not what was sent',
      (folder) => replaceRecord(folder, 1, { sha256: '0'.repeat(64) }),
      SESSION_FILES.raw,
      /request body of exchange 1 is not what was sent/,
    ],
    [
      'a request body of another length',
      (folder) => replaceRecord(folder, 1, { bytes: 5 }),
      SESSION_FILES.raw,
      /request body of exchange 1 has not the length/,
    ],
    [
      'a copy from an exchange that is not there',
      (folder) =>
        replaceRecord(folder, 6, { content: [{ copy: '9'.repeat(16), at: 0, length: 6 }] }),
      SESSION_FILES.raw,
      /request body of exchange 2 cannot be put together: .*9999999999999999.* is not in the log/,
    ],
    [
      'a copy beyond the end of what it copies',
      (folder) => replaceRecord(folder, 6, { content: [{ copy: FIRST, at: 3, length: 6 }] }),
      SESSION_FILES.raw,
      /copies bytes 3 to 9 .*, which has 6/,
    ],
    [
      'a response that is not what arrived',
      (folder) => replaceRecord(folder, 3, { content: 'other' }),
      SESSION_FILES.raw,
      /response body of exchange 1 is not what arrived/,
    ],
    [
      'a line without a checksum',
      (folder) =>
        appendTo(
          folder,
          SESSION_FILES.raw,
          '{"kind":"gap","time":"","since":"","lost":{},"bytes":0,"reason":""}\n',
        ),
      SESSION_FILES.raw,
      /without a checksum/,
    ],
    [
      'a span line of nothing',
      (folder) => appendTo(folder, SESSION_FILES.meta, lines([{ hello: 1 }])),
      SESSION_FILES.meta,
      /not a record/,
    ],
    [
      'an event that is none',
      (folder) =>
        writeEvents(folder, [
          { kind: 'signal', signal: 9, run: RUN_ID, time: timeAt(0), after: 0 },
        ]),
      SESSION_FILES.events,
      /not a record/,
    ],
    [
      'events that are cut off',
      (folder) => writeFileSync(join(folder, SESSION_FILES.events), '{"kind":"si', { mode: 0o600 }),
      SESSION_FILES.events,
      /the last line is cut off/,
    ],
    [
      'events without the end of a run that has ended',
      (folder) => writeEvents(folder, [{ kind: 'time', run: RUN_ID, time: timeAt(0), after: 0 }]),
      SESSION_FILES.manifest,
      /has ended, but session_events\.log does not tell of it/,
    ],
    [
      'a manifest that counts otherwise',
      (folder) => writeManifest(folder, { exchanges: { completed: 9, cancelled: 0, failed: 0 } }),
      SESSION_FILES.manifest,
      /counts 9 completed.*the log has 2 completed/,
    ],
    [
      'a manifest without its logs',
      (folder) => writeFileSync(join(folder, SESSION_FILES.meta), ''),
      SESSION_FILES.manifest,
      /has ended, but its span/,
    ],
    [
      'a manifest that is gone',
      (folder) => rmSync(join(folder, SESSION_FILES.manifest)),
      SESSION_FILES.manifest,
      /not there/,
    ],
    [
      'a file that others can read',
      (folder) => chmodSync(join(folder, SESSION_FILES.raw), 0o640),
      SESSION_FILES.raw,
      /has mode 0640 and not 0600/,
    ],
    [
      'a folder that others can read',
      (folder) => chmodSync(folder, 0o755),
      '.',
      /has mode 0755 and not 0700/,
    ],
    [
      'a file with a second name',
      (folder) => linkSync(join(folder, SESSION_FILES.raw), join(folder, '..', 'second')),
      SESSION_FILES.raw,
      /second name/,
    ],
    [
      'a link',
      (folder) => symlinkSync('/etc/passwd', join(folder, 'link')),
      'link',
      /a symbolic link/,
    ],
  ]
  test.each(cases)('%s', async (_, spoil, file, reason) => {
    const folder = cleanSession()
    spoil(folder)
    const { damage } = await verifySession(folder)
    expect(damage).toContainEqual(
      expect.objectContaining({ file, reason: expect.stringMatching(reason) }),
    )
  })
})

describe('what a gap or the record itself says to be missing is no damage', () => {
  const gap = { kind: 'gap', time: 't', since: 't', lost: { chunk: 1 }, bytes: 9, reason: 'ENOSPC' }
  const whole = exchangeRecords({ id: FIRST, request: 'abcdef', chunks: ['one', 'two'] })
  const cases: [what: string, raw: object[]][] = [
    ['a chunk', [...whole.slice(0, 3), gap, ...whole.slice(4)]],
    ['the beginning of an exchange', [gap, ...whole.slice(1)]],
    [
      'bytes that were not kept',
      exchangeRecords({
        id: FIRST,
        request: ['ab', { omitted: 3 }],
        requestBytes: Buffer.from('abcde'),
      }),
    ],
  ]
  test.each(cases)('%s', async (_, raw) => {
    const folder = cleanSession({ raw })
    writeManifest(folder, { lost: { chunk: 1 } })
    const { damage, gaps } = await verifySession(folder)
    expect(damage).toEqual([])
    expect(gaps.incompleteBodies).toBeGreaterThan(0)
  })
})

test('events are looked at, what is lost of them is told, and kinds of a later Tacho are no damage', async () => {
  const folder = cleanSession()
  const at = { run: RUN_ID, time: timeAt(0), after: 0 }
  const lost = { 'log-event': 2 }
  writeEvents(folder, [
    { kind: 'time', ...at },
    { kind: 'teleported', ...at },
    { kind: 'gap', time: timeAt(1), since: timeAt(0), lost, bytes: 9, reason: 'ENOSPC' },
    { kind: 'run-ended', exitCode: 0, ...at },
  ])
  expect(await verifySession(folder)).toMatchObject({
    damage: [],
    checked: { files: 4, events: 2 },
    gaps: { count: 1, lost },
  })
})

describe('unreadable is', () => {
  test('a folder that is not there', async () => {
    expect(await verifySession('/nonexistent')).toMatchObject({
      unreadable: 'the folder is not there',
    })
  })

  test('a folder of a newer format', async () => {
    const folder = cleanSession({ manifest: { format: 99 } })
    const { unreadable } = await verifySession(folder)
    expect(unreadable).toBe('it has format 99 and needs a newer Tacho')
  })
})

/** A session with two exchanges, the second a copy of the first, with the required modes. */
function cleanSession(parts: SessionParts = {}): string {
  const folder = writeSession(sessionsDirectory(), {
    raw: twoWhole(),
    meta: [
      startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
      endedSpan({ id: RUN_ID, name: 'session', start: 0, end: 2500 }),
    ],
    run: { exchanges: { completed: 2, cancelled: 0, failed: 0 } },
    ...parts,
  })
  for (const file of [SESSION_FILES.manifest, SESSION_FILES.raw, SESSION_FILES.meta]) {
    chmodSync(join(folder, file), 0o600)
  }
  return folder
}

function twoWhole(): RawRecord[] {
  const copied = [{ copy: FIRST, at: 0, length: 6 }]
  return [
    ...exchangeRecords({ id: FIRST, request: 'abcdef', chunks: ['one'] }),
    ...exchangeRecords({
      id: SECOND,
      request: copied,
      requestBytes: Buffer.from('abcdef'),
      chunks: ['two'],
    }),
  ]
}

function replaceRecord(folder: string, index: number, change: object): void {
  const records: object[] = twoWhole()
  records[index] = { ...records[index], ...change }
  writeFileSync(join(folder, SESSION_FILES.raw), lines(records))
}

function writeManifest(folder: string, run: SessionParts['run'] = {}): void {
  const exchanges = { completed: 2, cancelled: 0, failed: 0 }
  const manifest = manifestOf({ run: { exchanges, ...run } })
  writeFileSync(join(folder, SESSION_FILES.manifest), JSON.stringify(manifest))
}

function writeEvents(folder: string, events: object[]): void {
  writeFileSync(join(folder, SESSION_FILES.events), lines(events), { mode: 0o600 })
}

function appendTo(folder: string, file: string, bytes: string | Buffer): void {
  const path = join(folder, file)
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from(bytes)]))
}

test('the records of a session that died are held against nothing', async () => {
  const folder = writeSession(sessionsDirectory(), { isOpen: true, meta: spansOfTwo() })
  chmodSync(folder, 0o700)
  for (const file of Object.values(SESSION_FILES).slice(0, 4)) {
    if (file !== SESSION_FILES.log) chmodSync(join(folder, file), 0o600)
  }
  expect((await verifySession(folder)).damage).toEqual([])
})
