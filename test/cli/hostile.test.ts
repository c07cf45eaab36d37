import { join } from 'node:path'
import { expect, test } from 'vitest'
import { some } from '../faults/extent.js'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  RUN_ID,
  sessionsDirectory,
  startedSpan,
  timeAt,
  writeSession,
} from '../reader/session-folder.js'
import { ASKED, asked, message, upgrade } from '../reader/web-socket-session.js'
import { tacho } from './tacho.js'

const attacks = {
  escape: '\u001b]0;owned\u0007\u001b[2J',
  c1: '\u009b31m',
  bidi: '\u202egpj.exe\u2066',
  newline: 'a\r\nX-Injected: 1',
  separator: '\u2028\u2029',
  zeroWidth: '\u200b\ufeff\u{e0041}',
  nul: '\0\b\u007f',
  proto: '__proto__',
  long: 'x'.repeat(200_000),
}

const { newline, proto, long, ...unseen } = attacks
// Whatever is not to be seen is so in any company; the others need a session of their own.
const sessions = { unseen: Object.values(unseen).join(' '), newline, proto, long }

// All but newline and tab, which shape our own lines.
const UNSEEN = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u

for (const [name, text] of Object.entries(sessions)) {
  test(`nothing recorded acts on a terminal: ${name}`, async () => {
    const directory = sessionsDirectory()
    writeSession(directory, hostileSession(text))
    const commands = [
      ['ls'],
      ['ls', '--json'],
      ['ls', '--ids'],
      ['show', 'last'],
      ['show', 'last', '--json'],
      ['approvals', 'last'],
      ['approvals', 'last', '--json'],
      ['cancellations', 'last'],
      ['cancellations', 'last', '--json'],
      ['raw', 'last', '1'],
      ['raw', 'last', '1', '--chunks'],
      ['raw', 'last', '1', '--chunks', '--json'],
      ['raw', 'last', '2'],
      ['raw', 'last', '3'],
      ['raw', 'last', '4'],
      ['raw', 'last', '4', '--input'],
      ['raw', 'last', '5', '--input'],
      ['export', 'perfetto', 'last', '-o', '-'],
      ['export', 'har', 'last', '-o', '-'],
      ['export', 'parquet', 'last', '-o', join(directory, 'tables')],
    ]
    const tried = name === 'unseen' ? commands : some(commands, 10)
    const runs = tried.map(async (words) => {
      const { stdout, stderr } = await tacho([...words, '--sessions-dir', directory])
      const shown = stdout.toString() + stderr
      expect(UNSEEN.exec(shown), words.join(' ')).toBeNull()
      expect(shown).not.toContain('bug in Tacho')
      // Only in the two bodies of the exchange is a newline a newline.
      const isWhole = words.join(' ') === 'raw last 1' && name === 'newline'
      const injected = shown.match(/^X-Injected/gm) ?? []
      expect(injected, words.join(' ')).toHaveLength(isWhole ? 2 : 0)
      const isJson = (words.includes('--json') && words[0] !== 'raw') || words.at(-1) === '-'
      if (isJson) JSON.parse(stdout.toString())
    })
    await Promise.all(runs)
  })
}

test('nothing recorded acts on a terminal: all at once, by the commands that ask questions', async () => {
  const directory = sessionsDirectory()
  writeSession(directory, hostileSession([sessions.unseen, newline, proto].join(' ')))
  const commands = [
    ['explain', 'last'],
    ['explain', 'last', '--json'],
    ['messages', 'last', '1'],
    ['messages', 'last', '1', '--json'],
    ['diff', 'last', '1', '1'],
    ['context', 'last', '1'],
    ['cache', 'last'],
    ['stats', 'last'],
    ['grep', 'a'],
    ['grep', 'a', '--json'],
    ['log', 'last'],
    ['verify', 'last'],
  ]
  const runs = commands.map(async (words) => {
    const { stdout, stderr } = await tacho([...words, '--sessions-dir', directory])
    const shown = stdout.toString() + stderr
    expect(UNSEEN.exec(shown), words.join(' ')).toBeNull()
    expect(shown).not.toContain('fault of Tacho')
    if (!words.includes('--json')) return
    // `grep` prints one object per line.
    const texts = words[0] === 'grep' ? stdout.toString().trim().split('\n') : [stdout.toString()]
    for (const text of texts) JSON.parse(text)
  })
  await Promise.all(runs)
})

test('a name that is asked for acts on no terminal either', async () => {
  const { stderr } = await tacho(['show', attacks.escape, '--sessions-dir', sessionsDirectory()])
  expect(stderr).not.toMatch(UNSEEN)
})

test('names of objects are no way to their prototypes', async () => {
  const directory = sessionsDirectory()
  const lost = JSON.parse('{"__proto__": 3, "constructor": 1}')
  const gap = { kind: 'gap', time: timeAt(1), since: timeAt(1), lost, bytes: 1, reason: 'x' }
  const exchange = exchangeRecords({ id: '__proto__', chunks: ['a'] })
  writeSession(directory, {
    raw: [...exchange, gap, { kind: '__proto__' }, { kind: 'constructor' }],
  })
  const { stdout } = await tacho(['show', 'last', '--sessions-dir', directory])
  expect(stdout.toString()).toContain('3 __proto__, 1 constructor lost')
  expect(stdout.toString()).toMatch(/POST .* completed/)
})

const APPROVAL = ['id', 'kind', 'what', 'reason', 'cwd', 'decision', 'decided_by', 'rule']

function namedAll(prefix: string, names: string[], text: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [prefix + name, text]))
}

function hostileSession(text: string): Parameters<typeof writeSession>[1] {
  const headers: [string, string][] = [[text, text]]
  const error = { side: 'upstream' as const, code: text, message: text }
  return {
    isOpen: true,
    run: {
      cwd: text,
      command: text,
      argv: [text],
      tacho: text,
      agentVersion: text,
      lost: { [text]: 1 },
    },
    manifest: { agent: { name: text, version: text } },
    raw: [
      ...exchangeRecords({
        id: FIRST,
        method: text,
        url: text,
        headers,
        request: text,
        statusText: text,
        chunks: [
          text,
          `\n\ndata: ${JSON.stringify({ type: 'response.output_text.delta', delta: text })}\n\n`,
        ],
        turnId: text,
      }),
      ...exchangeRecords({ id: text, url: `http://h/${text}`, state: 'failed', error }),
      ...upgrade({ webSocket: { closedBy: 'agent', sent: 1, received: 1, reason: text } }).begin,
      ...asked({ id: ASKED, message: { input: [text], [text]: text }, events: [text] }),
      ...asked({
        id: `${text}2`,
        connection: text,
        message: { previous_response_id: text, input: text },
        events: [text],
      }),
      message({ content: text, type: text as 'text' }),
      { kind: 'unparsed', exchange: ASKED, at: 1, side: 'response', reason: text },
      ...upgrade({ webSocket: { closedBy: 'agent', sent: 1, received: 1, reason: text } }).end,
      { kind: 'gap', time: text, since: text, lost: { [text]: 1 }, bytes: 1, reason: text },
      { kind: text, exchange: FIRST },
      { kind: 'chunk', exchange: text },
    ],
    meta: [
      startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
      endedSpan({
        id: FIRST,
        name: text,
        start: 1,
        attributes: { 'gen_ai.request.model': text, [text]: text },
      }),
      endedSpan({
        id: text,
        name: `approval ${text}`,
        start: 2,
        attributes: namedAll('tacho.approval.', APPROVAL, text),
      }),
      // The one above has the id of an exchange, and is in no time line.
      endedSpan({
        id: 'a6',
        name: 'approval',
        start: 2,
        attributes: namedAll('tacho.approval.', APPROVAL, text),
      }),
      startedSpan({ id: 'a2', name: 'approval', start: 2, attributes: { [text]: text } }),
      endedSpan({
        id: 'a3',
        name: `execute_tool ${text}`,
        start: 2,
        attributes: namedAll('tacho.tool.', ['command', 'status', text], text),
      }),
      endedSpan({
        id: 'a4',
        name: 'cancellation',
        start: 2,
        attributes: namedAll('tacho.cancellation.', ['origin', 'reason', text], text),
        links: [FIRST, text, 'a3', 'a5'],
        events: [[text, 3]],
      }),
      startedSpan({ id: 'a5', name: text, start: 3 }),
      startedSpan({ id: 'a1', parent: text, name: `invoke_agent ${text}`, start: 3 }),
    ],
  }
}
