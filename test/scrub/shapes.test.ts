import { randomBytes } from 'node:crypto'
import { createScrubber } from '@tacho/scrub'
import { afterAll, describe, expect, test } from 'vitest'
import { extent } from '../faults/extent.js'
import { fingerprint } from './fingerprint.js'
import { scrubChunks } from './joined.js'
import { EXAMPLES } from './shape-examples.js'

const scrubber = createScrubber({ fingerprint })

/** What a text contains besides the word before a secret that some rules need and keep. */
function secretOf(example: string): string {
  const swept = scrubber.bytes(Buffer.from(example))
  const [[at, length] = [0, 0]] = swept.found
  return example.slice(at, at + length)
}

const spelled: Record<string, (example: string) => string> = {
  raw: (example) => `before ${example} behind`,
  'JSON-escaped': (example) => JSON.stringify({ cmd: `before "${example}" behind` }),
  'JSON-escaped twice': (example) => JSON.stringify(JSON.stringify({ cmd: `before "${example}"` })),
  'JSON-escaped four times': (example) =>
    [1, 2, 3].reduce((text) => JSON.stringify({ text }), JSON.stringify(`before ${example}`)),
  'URL-encoded twice': (example) => `/?q=${encodeURIComponent(encodeURIComponent(` ${example} `))}`,
  'every byte URL-encoded': (example) => hexOf(example).replace(/../g, '%$&'),
  'every byte escaped': (example) => hexOf(example).replace(/../g, '\\x$&'),
  'in UTF-16': (example) => `${[...` ${example}`].join('\0')}\0`,
  'in UTF-16, read as text, in JSON': (example) => JSON.stringify(`${[...example].join('\0')}\0 x`),
  hex: (example) => `key ${hexOf(`${example}\n`)} end`,
  'hex in JSON': (example) => JSON.stringify({ hex: hexOf(`k=${example}\n`).toUpperCase() }),
  base32: (example) => base32(`${example}\n`),
  'base32 behind two bytes, wrapped, in JSON': (example) =>
    JSON.stringify(`${wrapped(base32(`k=${example}\n`), 64, '\n')}\n`),
  'every character escaped in braces': (example) => hexOf(example).replace(/../g, '\\u{$&}'),
  'base64 in base64': (example) => base64(`k=${base64(`${example}\n`)}\n`),
  'base64 in base64, wrapped': (example) =>
    wrapped(base64(`${wrapped(base64(`k ${example}\n`), 76, '\n')}\n`), 76, '\n'),
  'base64 of JSON in JSON': (example) =>
    JSON.stringify({ body: base64(JSON.stringify({ a: JSON.stringify({ key: example }) })) }),
  'base64 of hex': (example) => base64(hexOf(example)),
  'base64 of UTF-16': (example) => Buffer.from(`${example}\r\n`, 'utf16le').toString('base64'),
  'URL-encoded': (example) => `/?q=${encodeURIComponent(` ${example} `)}&x=y`,
  base64: (example) => Buffer.from(`${example}\n`).toString('base64'),
  'base64 behind a byte': (example) => Buffer.from(`=${example}\n`).toString('base64'),
  'base64 behind two bytes': (example) => Buffer.from(`k=${example}\n`).toString('base64'),
  'base64, wrapped': (example) => wrapped(Buffer.from(`${example}\n`).toString('base64'), 76, '\n'),
  'base64, wrapped, in JSON': (example) =>
    JSON.stringify(wrapped(Buffer.from(`a ${example}\n`).toString('base64'), 76, '\n')),
  'base64 for URLs': (example) => Buffer.from(`${example}\n`).toString('base64url'),
  'over lines that end in CRLF': (example) =>
    `${wrapped(example.replaceAll('\n', '\r\n'), 40, '\r\n')}\r\n`,
  'over indented lines': (example) => `${wrapped(example, 40, '\n    ')}\n`,
  'over numbered lines': (example) => numbered(wrapped(example, 40, '\n')),
  'over lines with numbers as Codex writes them': (example) =>
    wrapped(example, 40, '\n').replace(/^/gm, counted('L%: ')),
  'over lines of a diff': (example) =>
    `@@ -1 +1 @@\n${wrapped(example, 40, '\n').replace(/^/gm, '+')}\n`,
  'over lines of a diff, in JSON': (example) =>
    JSON.stringify(`-\n${wrapped(example, 40, '\n').replace(/^/gm, '-')}\n+ }`),
  'over quoted lines': (example) =>
    `> He:\n${wrapped(example, 40, '\n').replace(/^/gm, '> > ')}\n> .`,
  'over lines of a comment': (example) =>
    `/**\n${wrapped(example, 40, '\n').replace(/^/gm, ' * ')}\n */`,
  'over lines that are commented out': (example) =>
    `# so\n${wrapped(example, 40, '\n').replace(/^/gm, '# ')}\n`,
  'over numbered lines, in JSON': (example) => JSON.stringify(numbered(wrapped(example, 40, '\n'))),
  'in a header': (example) => `X-Debug: ${example}\r\nHost: h\r\n`,
  'in tool output': (example) => `$ env\nHOME=/root\nKEY=${example}\n`,
  'in the stack of an error': (example) => `Error: no access with ${example}\n    at a (b.js:1:2)`,
  'in a file name': (example) => `/tmp/${example}.txt`,
}

/** Node has no base32. */
function base32(text: string): string {
  const bits = Array.from(Buffer.from(text), (byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = (bits.match(/.{1,5}/g) ?? []).map((group) =>
    Number.parseInt(group.padEnd(5, '0'), 2),
  )
  const characters = groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[group]).join('')
  return characters.padEnd(Math.ceil(characters.length / 8) * 8, '=')
}

const hexOf = (text: string) => Buffer.from(text).toString('hex')
const base64 = (text: string) => Buffer.from(text).toString('base64')

function counted(form: string): () => string {
  let count = 0
  return () => {
    count += 1
    return form.replace('%', String(count))
  }
}

function wrapped(text: string, width: number, by: string): string {
  return text
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? [''])
    .join(by)
}

function numbered(text: string): string {
  return text
    .split('\n')
    .map((line, number) => `${String(number + 1).padStart(6)}\t${line}`)
    .join('\n')
}

// What one part contains cannot be seen from another: a word before a secret that is cut in two, or
// a space that a URL writes as `%20`.
const notSpelledSo: Record<string, RegExp> = {
  bearer: /over|file name/,
  basic: /over|file name/,
  'aws-secret': /over|file name/,
  'slack-webhook': /over|file name/,
  'url-password': /over|file name/,
  // Its marks at the start of lines are part of it.
  'private-key': /file name|over (?:quoted|lines)/,
}

let checked = 0
afterAll(() => console.log(`shapes: ${EXAMPLES.length} families, ${checked} spellings found`))

/** At so many places each spelling is split. */
const SPLITS = extent(4, 30)

describe.each(EXAMPLES)('$rule', ({ rule, are, areNot }) => {
  test('there are three of it, and three that are none', () => {
    expect(are.length).toBeGreaterThanOrEqual(3)
    expect(areNot.length).toBeGreaterThanOrEqual(3)
  })

  test.each(areNot)('%j is none', (text) => {
    const found = scrubber.bytes(Buffer.from(`a ${text} b\n`)).found.map(([, , name]) => name)
    expect(found).not.toContain(rule)
  })

  test.each(are)('%j', (example) => {
    const secret = secretOf(example)
    expect(secret.length, 'found at all').toBeGreaterThan(4)
    const marked = new Set<string>()
    for (const [how, spell] of Object.entries(spelled)) {
      if (notSpelledSo[rule]?.test(how)) continue
      const text = Buffer.from(spell(example))
      const { bytes, found } = scrubber.bytes(text)
      const left = Buffer.from(bytes).toString()
      expect(found, how).toEqual([[expect.any(Number), expect.any(Number), rule]])
      expect(left, how).not.toContain(secret.slice(-8))
      expect(bytes, how).toHaveLength(text.length)
      marked.add(/:([0-9a-f]{4})\.*\]/.exec(left)?.[1] ?? left)
      checked += 1
      const step = Math.max(1, Math.floor(text.length / SPLITS))
      for (let at = 1; at < text.length; at += step) {
        const twice = scrubChunks(scrubber, [text.subarray(0, at), text.subarray(at)])
        const joined = Buffer.from(twice.bytes).toString()
        expect(joined, `${how}, split at ${at}`).not.toContain(secret.slice(-8))
        expect(joined, `${how}, split at ${at}`).not.toContain(secret.slice(-20, -8))
      }
    }
    expect([...marked], 'equal secrets look equal').toHaveLength(1)
  })
})

// A wrapped secret continues on the next line, and what follows there could be another secret.
test.each(['\n', '\\n', '\r\n', '\nB='])(
  'of secrets with %j between them all are found',
  (between) => {
    const secrets = EXAMPLES.map(({ rule, are: [secret = ''] }) => {
      const runs = secret.match(/[\w+/-]+/g) ?? []
      const longest = runs.reduce((one, other) => (other.length > one.length ? other : one), '')
      return { rule, secret, core: longest.slice(-20) }
    })
    const missed = secrets.flatMap((one) =>
      secrets.flatMap((other) => {
        // A secret whose characters can occur in most others comes before them.
        const lines = ['glpat-5tQogPoEg2UJ8uz3qe1X', one.secret, other.secret]
        const text = scrubber.text(lines.join(between))
        const isMissed = [one, other].some(({ core }) => text.includes(core))
        return isMissed ? [[one.rule, other.rule]] : []
      }),
    )
    expect(missed).toEqual([])
  },
)

const LINES = Array.from({ length: 5 }, () => randomBytes(48).toString('base64'))
const KEY = ['-----BEGIN PRIVATE KEY-----', ...LINES, 'Ab+/dE==', '-----END PRIVATE KEY-----']

test.each([
  ['JavaScript', KEY.map((line) => `"${line}\\n"`).join(' +\n  ')],
  ['JavaScript, in JSON', JSON.stringify(KEY.map((line) => `'${line}\\n'`).join(' +\n    '))],
  ['Python', `(${KEY.map((line) => `'${line}\\n'`).join('\n    ')})`],
  ['PHP', KEY.map((line) => `"${line}\\n"`).join(' .\n')],
  ['C++', `std::string{} ${KEY.map((line) => `<< "${line}\\n"`).join('\n')}`],
  ['a list', JSON.stringify(KEY, null, 2)],
  ['a list in one line', JSON.stringify(KEY)],
])('a private key that a source of %s puts together from strings', (_what, source) => {
  for (let at = 0; at < source.length; at += 1) {
    const parts = [source.slice(0, at), source.slice(at)].map((part) => Buffer.from(part))
    const left = Buffer.from(scrubChunks(scrubber, parts).bytes).toString()
    const lines = [...LINES, 'Ab+/dE=='].filter((line) => left.includes(line.slice(0, 20)))
    expect(lines, `split at ${at}`).toEqual([])
  }
})

test.each(['","note":"what stands in the next string', '", "a1", "b2"]', '"\n"', "' and 'others"])(
  'of a private key that is cut off, %j behind it stays',
  (behind) => {
    const cut = `"-----BEGIN PRIVATE KEY-----\\n${LINES[0]}${behind}`
    expect(scrubber.text(cut).slice(-behind.length)).toBe(behind)
  },
)

test.each([0, 1, 2])('every key of one base64 text is found, behind %i bytes', (before) => {
  const firsts = EXAMPLES.map(({ rule, are: [secret = ''] }) => ({ rule, secret }))
  const missed = firsts.flatMap((one) =>
    firsts.flatMap((other) => {
      const plain = `${' '.repeat(before)}${one.secret}\n${other.secret}\n`
      const { found } = scrubber.bytes(Buffer.from(Buffer.from(plain).toString('base64')))
      const rules = found.map(([, , rule]) => rule)
      return rules.includes(one.rule) && rules.includes(other.rule) && rules.length >= 2
        ? []
        : [`${one.rule}, ${other.rule}: ${rules}`]
    }),
  )
  expect(missed).toEqual([])
})

test.each([
  ['redis://user:p%40ssw0rdX9z@db.example:6379', 'redis://user:', '@db.example:6379'],
  ['postgres://u:aB3%23x%40y9Qk@h/db', 'postgres://u:', '@h/db'],
  ['amqp://svc:Zx%25q1kL2@mq', 'amqp://svc:', '@mq'],
  [
    'mysql://svc:a%40b3c@db, see http://localhost:3000/@fs/x',
    'mysql://svc:',
    '@db, see http://localhost:3000/@fs/x',
  ],
])('the escapes in the password of %s hide none of it', (url, before, behind) => {
  const left = scrubber.text(url)
  expect(left.slice(0, before.length)).toBe(before)
  expect(left.slice(-behind.length)).toBe(behind)
  expect(left.slice(before.length, -behind.length)).toMatch(/^(?:\[s[^@]*\]\.*|\.+)$/)
  expect(left).toHaveLength(url.length)
})
