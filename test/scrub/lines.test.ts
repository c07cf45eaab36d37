import { expect, test } from 'vitest'
// Internal to the package: of an answer, only the lines are swept in which something may begin.
import { DeltaJoiner } from '../../packages/scrub/dist/deltas.js'
import { FoundBefore } from '../../packages/scrub/dist/found-before.js'
import { KnownSecrets } from '../../packages/scrub/dist/known-secrets.js'
import { anchorsOf, type SearchIndex } from '../../packages/scrub/dist/search-index.js'
import { SHAPES } from '../../packages/scrub/dist/shapes/index.js'
import type { Range } from '../../packages/scrub/dist/suspects.js'
import { Sweep } from '../../packages/scrub/dist/sweep.js'
import { sweepLines } from '../../packages/scrub/dist/sweep-lines.js'
import type { Found, Swept } from '../../packages/scrub/dist/swept.js'
import { extent } from '../faults/extent.js'
import { randomFrom } from '../faults/random.js'
import { fingerprint } from './fingerprint.js'

const KNOWN = 'Zk3vQ9rT2mXw7LbN4sHc'
const AWS = 'AKIAIOSFODNN7ABCDEFG'
const WORDS = [
  ...['so ', 'the secret ', 'hooks ', 'é', '"', '\\', '\t', '12\t', '> ', '%41', '\x1b[31m'],
  ...['\n', '\n\n', '=\n', ' ', 'm', 'K', '=41', AWS, `x${AWS}`, AWS.slice(0, 9)],
  ...['sk-ant-api03-Zk39dQxTtC7vLwPbUe5mAqR8sYhJ2nKf', 'ghp_8sK2nQ4vX7bT1mZ6cR9wL3yH5jD0fG2aE4uB'],
  ...[KNOWN, KNOWN.slice(0, 8), KNOWN.slice(8), 'Bearer Zk39dQxTtC7vLwPbUe5mAqR8', 'p://u:Zk39@h'],
  ...[`the key is ${KNOWN}, and`, AWS].map((text) => Buffer.from(text).toString('base64')),
]

const known = new KnownSecrets(fingerprint, anchorsOf(SHAPES))
known.learn(KNOWN, { rule: 'known', shortest: 12, origin: 'host' })
const { index } = known
const mark = (rule: string, secret: Uint8Array) => known.mark(rule, Buffer.from(secret).toString())

test('an answer of which only some lines are swept is scrubbed as if all were', () => {
  let secrets = 0
  for (let seed = 0; seed < extent(40, 3000); seed += 1) {
    const chunks = answer(randomFrom(seed))
    const some = scrubbed(chunks, sweepLines)
    secrets += some.found.length
    const all = scrubbed(chunks, (sweep, bytes) => sweep.push(bytes, index, false))
    expect(some, `seed ${seed}`).toEqual(all)
  }
  expect(secrets).toBeGreaterThan(1000)
})

type SweepSome = (
  sweep: Sweep,
  bytes: Uint8Array,
  suspects: readonly Range[],
  index: SearchIndex,
) => Swept

/** What becomes of an answer that arrives in these chunks. */
function scrubbed(chunks: readonly Buffer[], sweepSome: SweepSome) {
  const joiner = new DeltaJoiner(mark)
  const sweep = new Sweep(mark)
  const before = new FoundBefore()
  const parts: Uint8Array[] = []
  const found: Found[] = []
  let length = 0
  for (const [number, chunk] of chunks.entries()) {
    const isLast = number === chunks.length - 1
    const joined = joiner.push(Buffer.from(chunk), index, isLast)
    before.add(joined.found, joined.bytes.length)
    const swept = before.with(
      isLast
        ? sweep.push(joined.bytes, index, true)
        : sweepSome(sweep, joined.bytes, joined.suspects, index),
    )
    for (const [at, size, rule] of swept.found) found.push([length + at, size, rule])
    parts.push(new Uint8Array(swept.bytes))
    length += swept.bytes.length
  }
  return { text: Buffer.concat(parts).toString('latin1'), found }
}

/** Events of an answer, some of them whole texts, some torn or foreign, cut anywhere. */
function answer(random: () => number): Buffer[] {
  const below = (most: number) => Math.floor(random() * most)
  const one = <Item>(items: readonly Item[]) => items[below(items.length)] as Item
  const text = () => Array.from({ length: 1 + below(6) }, () => one(WORDS)).join('')
  const event = (data: { type: string; [member: string]: unknown }) =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
  const deltas = () => {
    const type = one(['response.output_text.delta', 'response.function_call_arguments.delta'])
    const size = one([3, 20, 300])
    const pieces = text().match(new RegExp(`[^]{1,${1 + below(size)}}`, 'g')) ?? []
    return pieces.map((delta) => event({ type, item_id: one(['m', 'n']), delta })).join('')
  }
  const kinds = [
    () => ': ping\n\n',
    () => event({ type: 'response.completed', output_text: text() }),
    () => `data: ${text().replaceAll('\n', ' ')}\n\n`,
    text,
    ...Array.from({ length: 16 }, () => deltas),
  ]
  const body = Buffer.from(Array.from({ length: one([5, 60, 300]) }, () => one(kinds)()).join(''))
  const size = one([7, 200, 4096, 65_536])
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; at += chunks.at(-1)?.length ?? 0)
    chunks.push(body.subarray(at, at + 1 + below(2 * size)))
  return [...chunks, Buffer.alloc(0)]
}
