import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { indexRawLog, readSession, requestBody, responseChunks } from '@tacho/reader'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRebuilt } from '../../agents/rebuilt.js'
import type { SessionOnDisk } from '../../agents/session-on-disk.js'
import { isSoak } from '../../faults/extent.js'
import { programPath, repositoryRoot, SCRIPTED_KEY } from '../../host/index.js'
import {
  type Answer,
  type ModelRequest,
  type ScriptedModel,
  startScriptedModel,
} from '../../scripted-model/index.js'
import { type HostPlace, hostPlace } from './host-place.js'

// Programs with third-party SDKs: they print the same with Tacho and without, and what is recorded
// is what the model received and sent, byte for byte.

const PROGRAMS = join(repositoryRoot, 'test/recorder/register/sdk-programs')
const NODES = isSoak ? (['node20', 'node22', 'node24', 'node26'] as const) : (['ours'] as const)

const PROGRAM_NAMES = ['openai', 'anthropic', 'genai', 'ai', 'agents']

let sdks: string

beforeAll(async () => {
  sdks = dirname(dirname(await programPath('sdks')))
})

for (const version of NODES) {
  describe(version, () => {
    let node: string

    beforeAll(async () => {
      node = version === 'ours' ? process.execPath : await programPath(version)
    })

    // Its version 7 needs Node 22.
    const isOld = version === 'node20' || version === 'ours'
    for (const program of [...PROGRAM_NAMES, ...(isOld ? [] : ['ai 7'])]) {
      const [name, AI_SDK = ''] = program.split(' ')
      test(`a program with ${program} is recorded byte for byte, and prints what it prints alone`, async () => {
        await using at = await placeFor()
        const how = { node, environment: { ...at.environment, AI_SDK } }
        const alone = await at.place.alone(`${name}.mjs`, how)
        expect(alone.stdout.toString()).toMatch(
          /^stream Hello.*\n.*\nabort .*\nfail .*\nretry .*\n$/s,
        )
        const before = at.model.exchanges.length
        const recorded = await at.place.recorded(`${name}.mjs`, how)
        expect(told(recorded)).toEqual(told(alone))
        await expectSameBytes(at.place.session(), at.model.exchanges.slice(before))
      })
    }
  })
}

/** What a run printed, without what differs between any two runs. */
function told({ stdout, stderr, exitCode, signal }: Awaited<ReturnType<HostPlace['alone']>>) {
  const plain = (text: Buffer) => text.toString().replace(/(?<=^|\W)(?:\d+|0x)[\da-f-]{6,}/g, 'N')
  return { stdout: plain(stdout), stderr: plain(stderr), exitCode, signal }
}

async function expectSameBytes(
  session: SessionOnDisk,
  seen: ScriptedModel['exchanges'],
): Promise<void> {
  const { folder } = session
  const { exchanges } = await readSession(folder)
  const paths = seen.map(({ url }) => new URL(url, 'http://model').pathname)
  expect(exchanges.map(({ url }) => new URL(url).pathname)).toEqual(paths)
  const index = indexRawLog(folder, () => {})
  for (const [at, exchange] of index.exchanges.entries()) {
    const asked = Buffer.from(requestBody(folder, index, exchange))
    expect(asked.equals(seen[at]?.requestBody ?? Buffer.alloc(0))).toBe(true)
    const answered = Buffer.concat([...responseChunks(folder, exchange)].map(({ bytes }) => bytes))
    const { responseBody = Buffer.alloc(0), responseHeaders = {} } = seen[at] ?? {}
    const isCoded = responseHeaders['content-encoding'] === 'gzip'
    const sent = isCoded ? gunzipSync(responseBody) : responseBody
    // The server may have sent what nobody received any more.
    const isWhole = exchanges[at]?.state !== 'cancelled'
    expect(answered.equals(isWhole ? sent : sent.subarray(0, answered.length))).toBe(true)
  }
  expect(session.ends.map(({ state }) => state)).toContain('cancelled')
  await expectRebuilt(session)
}

async function placeFor() {
  const attempts = new Map<string, number>()
  const model = await startScriptedModel((request) => answerTo(request, attempts))
  const place = hostPlace()
  symlinkSync(sdks, join(place.folder, 'node_modules'))
  for (const name of readdirSync(PROGRAMS)) {
    place.file(name, readFileSync(join(PROGRAMS, name), 'utf8'))
  }
  return {
    model,
    place,
    environment: { MODEL_URL: model.baseUrl, SCRIPTED_KEY, OPENAI_AGENTS_DISABLE_TRACING: '1' },
    async [Symbol.asyncDispose]() {
      place[Symbol.dispose]()
      await model.close()
    },
  }
}

/** What the prompt asks for; in each run the first attempt at a `retry` fails. */
function answerTo({ body }: ModelRequest, attempts: Map<string, number>): Answer {
  const text = JSON.stringify(body)
  const what = /please (\w+)/.exec(text)?.[1] ?? ''
  const count = (attempts.get(what) ?? 0) + 1
  attempts.set(what, count)
  switch (what) {
    case 'abort':
      return { text: 'word '.repeat(40), deltas: 40, eventDelay: 5 }
    case 'fail':
      return { status: 401 }
    case 'retry':
      return count % 2 === 1
        ? { status: 500, headers: { 'retry-after-ms': '1' } }
        : { text: 'Again.' }
    case 'tool':
      return count % 2 === 1
        ? { calls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }
        : { text: 'It is 3.' }
    default:
      return { text: `Hello ${'wörld '.repeat(200)}`, deltas: 20, gzip: what === 'whole' }
  }
}
