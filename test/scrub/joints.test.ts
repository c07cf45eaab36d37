import { createScrubber } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'
import { scrubChunks } from './joined.js'
import { EXAMPLES } from './shape-examples.js'

// What stands between the parts of a secret in what tools print and sources say.

const scrubber = createScrubber({ fingerprint })

const ESC = '\x1b'

const joints: Record<string, (one: string, other: string) => string> = {
  'strings added up in JavaScript': (one, other) => `const key = "${one}" +\n  "${other}"\n`,
  'the same in JSON': (one, other) => JSON.stringify({ patch: `key = '${one}' +\n  '${other}'\n` }),
  'strings side by side in Python': (one, other) => `key = ('${one}'\n       '${other}')`,
  'strings joined in PHP': (one, other) => `$key = "${one}" . "${other}";`,
  'quotes of two kinds in a shell': (one, other) => `KEY='${one}'"${other}"\n`,
  'a line of PowerShell that goes on': (one, other) => `$key = "${one}\`\n${other}"`,
  'a line of a string that goes on': (one, other) => `key = "${one}\\\n   ${other}"`,
  'the frame of a box': (one, other) => `│ ${one}    │\n│ ${other.padEnd(one.length + 4)}│\n`,
  'the margin of a pager': (one, other) => `   1   │ ${one}\n       │ ${other}\n`,
  'a wrapped cell of psql': (one, other) => ` 1 | ${one}+\n   | ${other}\n`,
  'the soft line end of a mail': (one, other) => `Key:=20${one}=\r\n${other} and so on=\r\n`,
  'a place to break a word in HTML': (one, other) => `<td>${one}<wbr>${other}</td>`,
  'a highlighter of HTML': (one, other) => `<b>${one}</b><span class="hljs-string">${other}</span>`,
  'a character of no width': (one, other) => `${one}\u200b${other}`,
  'a soft hyphen': (one, other) => `${one}\u00ad${other}`,
  'colours of a terminal': (one, other) => `${ESC}[31m${one}${ESC}[0m${ESC}[1;32m${other}${ESC}[0m`,
  'colours without their first character': (one, other) => `[31m${one}${other}[0m`,
  'colours as cat -v shows them': (one, other) => `^[[31m${one}^[[0m^[[32m${other}^[[0m`,
  'colours as a shell writes them': (one, other) => `\\e[31m${one}\\e[0m\\033[32m${other}\\033[0m`,
  'the same in JSON in JSON': (one, other) =>
    JSON.stringify(JSON.stringify(`\\033[31m${one}\\e[0m\\033[32m${other}\\033[0m`)),
}

/** Where the second half of a key begins. */
const half = (key: string) => Math.ceil(key.length * 0.55)

/** Behind what could be all of a key, a half without a digit could be a word. */
const KEYS = EXAMPLES.flatMap(({ rule, are }) =>
  are
    .filter((key) => /^[\w-]{30,}$/.test(key) && /\d/.test(key.slice(half(key))))
    .slice(0, 1)
    .map((key) => [rule, key] as const),
)

describe.each(Object.entries(joints))('%s', (_what, join) => {
  test.each(KEYS)('within %s', (rule, key) => {
    const cut = half(key)
    const text = Buffer.from(join(key.slice(0, cut), key.slice(cut)))
    const whole = scrubber.bytes(text)
    expect(whole.found.map(([, , name]) => name)).toEqual([rule])
    const left = Buffer.from(whole.bytes).toString()
    expect(left).not.toContain(key.slice(cut, cut + 6))
    expect(left).not.toContain(key.slice(-6))
    const marker = /\[secret:[\w-]+:[0-9a-f]{4}/
    expect(marker.exec(left)?.[0], 'equal secrets look equal').toBe(
      marker.exec(scrubber.text(key))?.[0],
    )
    const shown = [key.slice(cut, cut + 6), key.slice(-6)]
    const missed: number[] = []
    for (let at = 1; at < text.length; at += 1) {
      const parts = [text.subarray(0, at), text.subarray(at)]
      const joined = Buffer.from(scrubChunks(scrubber, parts).bytes).toString()
      if (shown.some((piece) => joined.includes(piece))) missed.push(at)
    }
    expect(missed, 'where chunks cut it').toEqual([])
  })
})

test.each([
  [
    'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI&#x2F;K7MDENGzbPxRfiCYa8Kq2312&#43;x',
    /=\[secret:aws-secret:/,
  ],
  [
    'Authorization: Bearer mF9zB5f41JqMa8Kq&#x2F;Vw3Ty&amp;#61;',
    /Bearer \[secret:bearer:\w{4}\.*\]$/,
  ],
])('a character in HTML is a character of a secret: %s', (text, expected) => {
  expect(scrubber.text(text)).toMatch(expected)
})

const KEY = 'ghp_Zk39dQxTtC7vLwPbUe5mAqR8sYhJ2nKf01aB'

test.each([
  [`["${KEY}", "another9Text4Here"]`, 'another9Text4Here'],
  [`"${KEY}" + "readable words"`, 'readable words'],
  [`grep '${KEY}' 'README.md'`, "'README.md'"],
  [`<td>${KEY}</td><td>f3a9c1d8e7b64420</td>`, 'f3a9c1d8e7b64420'],
  [`│ ${KEY} │\n│ the next row │`, 'the next row'],
  [`${KEY}=5`, '=5'],
  [`a=${KEY}&b=c1d2e3f4a5b6`, '&b=c1d2e3f4a5b6'],
])('what stands behind a whole secret stays: %s', (text, rest) => {
  const left = scrubber.text(text)
  expect(left).toContain('[secret:github-token:')
  expect(left).toContain(rest)
})

test.each([
  '"ghp_" + "a".repeat(36)',
  `"hf_" + 'hub_download_a_model_from_there'`,
  '| sk-ant-api03-your-key |\n| GITHUB_TOKEN_2 |',
  '│ sk-ant-api03-your-key │\n│ the_name_of_another_one │',
  // RFC 6750, and what stands behind it.
  'Authorization: Bearer mF_9.B5f-4.1JqM\n\nThe client uses the "Bearer" scheme',
  'Authorization: Bearer mF_9.B5f-4.1JqM\r\n\r\nHTTP/1.1 200 OK',
])('nothing is found in %j', (text) => {
  expect(scrubber.text(text)).toBe(text)
})

test.each(['key', 'v1', 'x_', 'N'])('a key behind %j, without a gap', (before) => {
  const keys = [
    'anthropic-key',
    'gitlab-token',
    'slack-token',
    'jwt',
    'pypi-token',
    'openrouter-key',
  ]
  const missed = EXAMPLES.filter(({ rule }) => keys.includes(rule)).filter(({ are: [key = ''] }) =>
    scrubber.text(`${before}${key} `).includes(key.slice(-8)),
  )
  expect(missed).toEqual([])
})
