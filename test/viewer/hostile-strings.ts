import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine, SESSION_FILES } from '@tacho/format'
import { fixtureSession } from '../reader/recorded-fixture.js'

/** What a stranger may put into any string of a session. */
const STRINGS: readonly string[] = [
  '<img src=x onerror=alert(1)>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;<img src=x onerror=alert(1)>">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '</textarea></title></style></script><script>alert(1)</script>',
  '<plaintext><xmp><listing>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="http://example.com/x.swf"><video src="http://example.com/x" autoplay>',
  '&lt;img src=x onerror=alert(1)&gt;',
  '%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  '\\u003cscript\\u003ealert(1)\\u003c/script\\u003e',
  'java\tscript:alert(1)',
  '&#x6a;avascript:alert(1)',
  'vbscript:msgbox(1)',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  'blob:http://127.0.0.1/x',
  '[x](javascript:alert(1)) ![y](http://example.com/z.png)',
  '"; background: url(http://example.com/a.png); x: "',
  '";alert(1);//',
  '$' + '{alert(1)}`;alert(1)',
  '\u001b]8;;http://example.com\u001b\\link\u001b]8;;\u001b\\',
  '\u001b[2J\u001b[H\u009b31m\u0007',
  'safe\u202egnp.exe\u2066\u2067\u2068\u2069\u061c',
  'zero\u200b\u200d\u2060\ufeffwidth',
  'line\u2028separator\u2029and\u0085next\u0000nul',
  'lone \ud800 and \udc00 surrogates \ud83d',
  'Z\u0341\u0347\u0329\u0354\u0316a'.repeat(200),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../../../etc/passwd',
  'C:\\windows\\system32\\calc.exe & calc',
  '=HYPERLINK("http://example.com","x")',
  'x'.repeat(200_000),
  `${'<div>'.repeat(5000)}`,
]

/** Identifies records and links them: without it there is nothing to show. */
const KEPT = new Set([
  ...['kind', 'exchange', 'run', 'time', 'since', 'traceId', 'spanId', 'parentSpanId', 'state'],
  ...['startTimeUnixNano', 'endTimeUnixNano', 'timeUnixNano', 'id', 'threadId', 'turnId', 'key'],
  ...['sha256', 'responseSha256', 'format', 'startedAt', 'endedAt', 'copy', 'connection', 'from'],
])

/** Span attributes with the same role. */
const KEPT_ATTRIBUTES = /(?:\.id|\.operation\.name|outcome|duration.*|status)$/

/**
 * A session of the real Codex in which every string is hostile, except those that hold it together.
 */
export function hostileSession(): { directory: string; folder: string; id: string } {
  const { directory, folder } = fixtureSession('plain')
  let next = 0
  const hostile = (): string => STRINGS[next++ % STRINGS.length] ?? ''
  const filled = (value: unknown): unknown => {
    if (typeof value === 'string') return hostile()
    if (Array.isArray(value)) return value.map(filled)
    if (typeof value !== 'object' || value === null) return value
    const { key, name } = value as { key?: unknown; name?: unknown }
    if (typeof key === 'string' && KEPT_ATTRIBUTES.test(key)) return value
    // The first word of a span's name says what it is.
    const isSpan = 'spanId' in value && typeof name === 'string'
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => {
        if (KEPT.has(member)) return [member, typeof inner === 'object' ? filled(inner) : inner]
        if (isSpan && member === 'name') return [member, `${name.split(' ')[0]} ${hostile()}`]
        return [member, filled(inner)]
      }),
    )
  }
  for (const log of [SESSION_FILES.raw, SESSION_FILES.meta, SESSION_FILES.events]) {
    const lines = readFileSync(join(folder, log), 'utf8').trimEnd().split('\n')
    const records = lines.map((line) => {
      const { crc: _, ...record } = JSON.parse(line)
      return encodeLine(filled(record) as object, crc32)
    })
    writeFileSync(join(folder, log), Buffer.concat(records))
  }
  const manifest = JSON.parse(readFileSync(join(folder, SESSION_FILES.manifest), 'utf8'))
  const { crc: _, ...told } = manifest
  const made = filled(told) as { runs: { pid: number; ended: object }[] }
  writeFileSync(join(folder, SESSION_FILES.manifest), JSON.stringify(made))
  const log = STRINGS.flatMap((text) => {
    const line = text.replaceAll('\n', ' ')
    return [
      `2026-11-28T09:00:01.000000Z ERROR ${line.slice(0, 30)}: ${line}`,
      `2026-11-28T09:00:01.000000Z ${line} codex: ${line}`,
      `2026-11-28T09:00:01.000000Z WARN  codex: ${line}`,
      line,
    ]
  })
  writeFileSync(join(folder, SESSION_FILES.log), `${log.join('\n')}\n`)
  return { directory, folder, id: told.id }
}
