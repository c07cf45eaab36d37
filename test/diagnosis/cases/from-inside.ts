import { join } from 'node:path'
import { run, tachoCommand } from '../../host/index.js'
import { hostPlace } from '../../recorder/register/host-place.js'
import type { DiagnosisCase, Explained } from '../case.js'

/** How a program of Node's that records itself is gone, with no time to say so. */

const goneBy = (what: string, last: string): DiagnosisCase => ({
  title: `signal: a program that records itself, ${what}`,
  injected: 'signal',
  ended: 'signal',
  isQuick: true,
  record: () => recordedItself(last),
})

export const FROM_INSIDE_CASES: readonly DiagnosisCase[] = [
  goneBy('kill -9', `process.kill(process.pid, 'SIGKILL')`),
  goneBy('Ctrl-C that it does not handle', `process.kill(process.pid, 'SIGINT')`),
  goneBy('an abort', 'process.abort()'),
]

async function recordedItself(last: string): Promise<Explained> {
  using place = hostPlace()
  place.file('agent.mjs', asksAndThen(last))
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

/** It asks a model of its own once. */
const asksAndThen = (last: string): string => `
import { createServer } from 'node:http'
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json').end(${JSON.stringify(JSON.stringify(ANSWER))})
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = 'http://127.0.0.1:' + server.address().port + '/v1/chat/completions'
const body = JSON.stringify({ model: 'm-1', messages: [{ role: 'user', content: 'Hi' }] })
const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
await answer.text()
${last}
await new Promise(() => setInterval(() => {}, 1000))
`
