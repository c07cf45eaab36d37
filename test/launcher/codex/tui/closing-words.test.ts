import { expect, test } from 'vitest'
import { ClosingWords } from '../../../../packages/launcher/dist/codex/tui/closing-words.js'

const ADDRESS = 'ws://127.0.0.1:40123'
const ID = '01a206f2-33b3-7dd3-bdbc-06e87412aadf'
const FRAME = '\u001b[?1049l\u001b[?25h'
const REMOTE = `codex --remote ${ADDRESS}/ --remote-auth-token-env CODEX_REMOTE_TOKEN`
const OURS = `Token usage: total=110 input=100 output=10
To continue this session, run:
  codex resume ${ID}
Or run codex resume and select Greets.
`

const cyan = (text: string) => `\u001b[36m${text}\u001b[39m`

/** What Codex 0.169 writes, and before it 0.160. */
const WORDS: [what: string, words: string, expected: string][] = [
  [
    'the words of 0.169',
    `Disconnected from this task. Any running work continues.
To reconnect, run:
  ${REMOTE} resume ${ID}
Stop the current turn: run ${REMOTE} agents, select this task, and press x.
Token usage so far: total=110 input=100 output=10
`,
    OURS,
  ],
  [
    'the words of 0.160, after a turn was stopped',
    `Disconnected from this task. The current turn was stopped.
Reconnect: ${REMOTE} resume ${ID}
Token usage: total=110 input=100 output=10
`,
    OURS,
  ],
  [
    'coloured words, without use of tokens',
    `Disconnected from this task. Work may still be running.
To reconnect, run:
  ${cyan(`${REMOTE} resume ${ID}`)}
Stop the current turn: run ${cyan(`${REMOTE} agents`)}, select this task, and press x.
`,
    `To continue this session, run:
  ${cyan(`codex resume ${ID}`)}
Or run ${cyan('codex resume')} and select ${cyan('Greets')}.
`,
  ],
  [
    'what follows',
    `Disconnected from this task. Any running work continues.
To reconnect, run:
  ${REMOTE} resume ${ID}
Token usage so far: total=110 input=100 output=10
Updating Codex
`,
    `${OURS}Updating Codex\n`,
  ],
]

for (const [what, words, expected] of WORDS) {
  test(`${what} are put right, wherever the bytes are cut in two`, () => {
    const whole = Buffer.from(FRAME + words)
    for (let cut = 0; cut <= whole.length; cut += 1) {
      expect(shown([whole.subarray(0, cut), whole.subarray(cut)])).toBe(FRAME + expected)
    }
  })
}

test('of a session that is not on disk only the id is told', () => {
  const [, words = ''] = WORDS[1] ?? []
  expect(shown([Buffer.from(words)], { name: 'Greets', isKept: false })).toBe(
    `Token usage: total=110 input=100 output=10\nSession ID: ${ID}\n`,
  )
})

test.each([
  [
    'another address',
    `Disconnected from this task. Any running work continues.\nReconnect: codex --remote ws://127.0.0.1:1/ resume ${ID}\n`,
  ],
  [
    'words that this knows nothing of',
    `Disconnected from this task. All is well.\nReconnect: ${REMOTE} resume ${ID}\n`,
  ],
  ['a part of the words', 'Disconnected from this task. Any running'],
  ['no such words', 'D\u001b[5D Disconnected. Disconnected from this'],
])('%s: every byte passes as it is', (_what, text) => {
  expect(shown([Buffer.from(text)])).toBe(text)
  expect(shown([...Buffer.from(text)].map((byte) => Buffer.from([byte])))).toBe(text)
})

test('nothing is held back but what may be the beginning of the last words', () => {
  const words = new ClosingWords(ADDRESS, () => ({ name: undefined, isKept: true }))
  expect(words.push(Buffer.from('a frame')).toString()).toBe('a frame')
  expect(words.isUnsure).toBe(false)
  expect(words.push(Buffer.from('cursor back \u001b[5D')).toString()).toBe('cursor back \u001b[5')
  expect(words.isUnsure).toBe(true)
  expect(words.release().toString()).toBe('D')
})

test('an end that does not come does not hold the screen', () => {
  const words = new ClosingWords(ADDRESS, () => ({ name: undefined, isKept: true }))
  const opening = `Disconnected from this task. Any running work continues.\nReconnect: ${REMOTE}`
  const more = Buffer.alloc(10_000, 'x')
  expect(words.push(Buffer.from(opening))).toHaveLength(0)
  expect(words.push(more)).toHaveLength(opening.length + more.length)
})

function shown(
  parts: Buffer[],
  thread: { name: string | undefined; isKept: boolean } = { name: 'Greets', isKept: true },
): string {
  const words = new ClosingWords(ADDRESS, () => thread)
  const passed = parts.map((part) => words.push(part))
  return Buffer.concat([...passed, words.release()]).toString()
}
