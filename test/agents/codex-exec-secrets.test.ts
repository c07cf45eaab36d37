import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { SCRIPTED_KEY } from '../host/index.js'
import { execCommand } from '../scripted-model/index.js'
import { standIn } from './stand-in.js'
import { EXEC, workplace } from './workplace.js'

const HALVES = [SCRIPTED_KEY.slice(0, 13), SCRIPTED_KEY.slice(13)] as const
const QUERY_KEY = 'query-key-9f8e7d6c5b4a3210'
const TEAM_TOKEN = 'team-token-00112233445566778899'

test('a key in headers, query, tool output and answers leaves no trace in the folder', async () => {
  await using place = await workplace(
    [
      { text: 'Let me see.', calls: [execCommand('echo "key: $SCRIPTED_KEY"; env | sort')] },
      {
        text: `It is ${SCRIPTED_KEY}, I say, ${SCRIPTED_KEY}!`,
        deltas: 9,
        headers: { 'set-cookie': `session=${TEAM_TOKEN}`, 'x-echo': SCRIPTED_KEY },
        cut: 5,
      },
    ],
    { environment: { TEAM_TOKEN } },
  )
  const args = [
    ...EXEC,
    ...['-c', `model_providers.scripted.query_params={"key"="${QUERY_KEY}"}`],
    ...['-c', 'model_providers.scripted.env_http_headers={"X-Team"="TEAM_TOKEN"}'],
    `What is my key? It begins with ${SCRIPTED_KEY}.`,
  ]
  await using tacho = place.startTacho(['codex', '--persist-session', '--debug-log', ...args], {
    stdin: '',
  })
  const ended = await tacho.ended
  expect(ended.exitCode).toBe(0)
  // What the user sees stays unchanged.
  expect(ended.stdout.toString()).toContain(`I say, ${SCRIPTED_KEY}!`)
  const sent = place.model.modelExchanges[1]
  expect(sent?.url).toContain(QUERY_KEY)
  expect(sent?.rawHeaders).toContain(TEAM_TOKEN)
  expect(sent?.requestBody.toString()).toContain(`key: ${SCRIPTED_KEY}`)

  const session = place.session()
  for (const name of session.names().filter((one) => !one.startsWith('rollout-'))) {
    const text = session.text(name)
    for (const secret of [SCRIPTED_KEY, QUERY_KEY, TEAM_TOKEN]) {
      expect([name, text.includes(secret)]).toEqual([name, false])
    }
  }
  // The reverse, so that this test can fail: the places exist and contain something.
  const raw = session.text('session_oai_raw.log')
  expect(raw).toContain('[secret:')
  expect(raw.match(/"scrubbed":/g)?.length).toBeGreaterThanOrEqual(3)
  expect(session.log).toMatch(/What is my key\? It begins with \[secret:/)
})

// The stand-in is told what to ask, because Codex never splits its answers like this.
test.each([
  ['two chunks', [`data: {"delta":"${HALVES[0]}`, `${HALVES[1]}"}\n\n`]],
  ['one chunk a character', [...`data: {"delta":"${SCRIPTED_KEY}"}\n\n`]],
  ['JSON escapes', sse(delta(escaped(SCRIPTED_KEY)))],
  ['percent escapes', sse(delta(encodeURIComponent(`Bearer ${SCRIPTED_KEY}`)))],
  ['base64', sse(delta(Buffer.from(`Bearer ${SCRIPTED_KEY}`).toString('base64')))],
])('a key that comes in %s is not in the folder', async (_, events) => {
  const codex = standIn(`ask('one').then((text) => process.stdout.write(text))`)
  await using place = await workplace([{ events }], { codex })
  const ended = await place.tacho(['codex', 'exec', '--persist-session'])
  expect(ended.stdout.toString()).toBe(events.join(''))
  const all = everyByteOf(place.session().folder)
  for (const half of [SCRIPTED_KEY, Buffer.from(SCRIPTED_KEY).toString('base64').slice(4, 36)]) {
    expect(all).not.toContain(half)
  }
})

test('a key in a compressed body is not in the folder', async () => {
  const body = gzipSync(`data: {"delta":"${SCRIPTED_KEY}"}\n\n`)
  const codex = standIn(`ask('one').then((text) => process.stdout.write(text))`)
  await using place = await workplace(
    [{ body, headers: { 'content-encoding': 'gzip', 'content-type': 'text/event-stream' } }],
    { codex },
  )
  const ended = await place.tacho(['codex', 'exec', '--persist-session'])
  expect(ended.stdout.toString()).toContain(SCRIPTED_KEY)
  const all = everyByteOf(place.session().folder)
  expect(all).not.toContain(SCRIPTED_KEY)
  expect(all).not.toContain(body.toString('base64').slice(20, 60))
  expect(all).toContain('[secret:')
})

test('the tap’s address is plain: what is said of it tells no secret', async () => {
  const codex = standIn(`ask('at ' + base, { 'x-told': base }).then(() => console.log(base))`)
  await using place = await workplace([{ text: 'Yes.' }], { codex })
  const ended = await place.tacho(['codex', 'exec', '--persist-session'])
  expect(ended.stdout.toString()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\n$/)
})

function everyByteOf(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')
}

function sse(...deltas: string[]): string[] {
  return deltas.map((json) => `event: response.output_text.delta\ndata: ${json}\n\n`)
}

function delta(text: string): string {
  return `{"type":"response.output_text.delta","delta":"${text}"}`
}

function escaped(text: string): string {
  return [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}
