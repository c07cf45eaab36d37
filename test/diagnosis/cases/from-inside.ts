import { join } from 'node:path'
import { run, tachoCommand } from '../../host/index.js'
import { hostPlace } from '../../recorder/register/host-place.js'
import type { DiagnosisCase, Explained } from '../case.js'

/** A program of Node's that records itself: how it is gone with no time to say so, and what it asks. */

const goneBy = (what: string, last: string): DiagnosisCase => ({
  title: `signal: a program that records itself, ${what}`,
  injected: 'signal',
  ended: 'signal',
  isQuick: true,
  record: () => recordedItself([ASKED], last),
})

export const FROM_INSIDE_CASES: readonly DiagnosisCase[] = [
  goneBy('kill -9', `process.kill(process.pid, 'SIGKILL')`),
  goneBy('Ctrl-C that it does not handle', `process.kill(process.pid, 'SIGINT')`),
  goneBy('an abort', 'process.abort()'),
  {
    title: 'healthy: a program that gives one task to three models, each with a role of its own',
    isQuick: true,
    record: () => recordedItself(['m-plan', 'm-code', 'm-review'].map(inRole), 'process.exit()'),
  },
]

const ASKED = { model: 'm-1', messages: [{ role: 'user', content: 'Hi' }] }
const inRole = (model: string): object => ({
  model,
  messages: [{ role: 'system', content: `You are ${model}.` }, ...ASKED.messages],
})

async function recordedItself(requests: readonly object[], last: string): Promise<Explained> {
  using place = hostPlace()
  place.file('agent.mjs', asksAndThen(requests, last))
  await place.recorded('agent.mjs')
  const env = {
    PATH: process.env.PATH,
    HOME: place.folder,
    TACHO_SESSIONS_DIR: join(place.folder, 'sessions'),
  }
  const { stdout } = await run(tachoCommand, ['explain', 'last', '--json'], { env })
  return JSON.parse(stdout.toString()) as Explained
}

const ANSWER = {
  model: 'm-1',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }],
}

/** It asks a server of its own. */
const asksAndThen = (requests: readonly object[], last: string): string => `
import { createServer } from 'node:http'
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json').end(${JSON.stringify(JSON.stringify(ANSWER))})
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = 'http://127.0.0.1:' + server.address().port + '/v1/chat/completions'
const headers = { 'content-type': 'application/json' }
for (const request of ${JSON.stringify(requests)}) {
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) })
  await answer.text()
}
${last}
await new Promise(() => setInterval(() => {}, 1000))
`
