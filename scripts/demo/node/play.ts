import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startModel } from '../model.js'
import { written } from '../place.js'
import { type Recorded, showFolder } from '../recorded.js'
import { command, heading, say, styled, typed } from '../stage.js'
import { recordedIn, runTacho } from '../tacho.js'
import { makeNodePlace, type NodePlace } from './place.js'

const TASKS = ['Which files are here?', 'Tell me a long story.', 'Say hello.']

process.exitCode = await main(process.argv[2] ?? '')

/** @param sdks any program in the `.bin` folder of the SDKs' `node_modules`. */
async function main(sdks: string): Promise<number> {
  const place = makeNodePlace(sdks)
  using model = await startModel(join(written, 'node/story.json'))
  say(
    'An agent on @openai/agents (examples/openai-agents) works through three tasks; the model behind',
  )
  say('it is scripted and on this machine. It needs no account and no network.')
  await record(place, model.baseUrl)
  const recorded = await recordedSoon(place)
  if (recorded === undefined) return failed(place)
  await show(place, recorded)
  return 0
}

/** A separate process does the recording; on a busy machine it ends some time after the program. */
async function recordedSoon(place: NodePlace): Promise<Recorded | undefined> {
  for (let left = 120; ; left -= 1) {
    const recorded = recordedIn(place, ({ approvals, cancellations, errors }) => {
      return approvals === 1 && cancellations === 1 && errors === 1
    })
    if (recorded !== undefined || left === 0) return recorded
    await pause(500)
  }
}

async function record(place: NodePlace, baseUrl: string): Promise<void> {
  heading('1. A Node program under record, by one environment variable')
  const words = TASKS.map((task) => JSON.stringify(task)).join(' ')
  say(command(`TACHO_PERSIST_SESSION=1 node --import tacho/register agent.js ${words}`))
  const child = spawn(process.execPath, ['--import', 'tacho/register', 'agent.js', ...TASKS], {
    cwd: place.project,
    env: { ...place.environment, OPENAI_BASE_URL: baseUrl, TACHO_PERSIST_SESSION: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  playUser(child)
  await once(child, 'close')
}

/** Approves the command, and stops the story after a while. */
function playUser(child: ChildProcess): void {
  let shown = ''
  const waiting: [sign: string, act: () => void][] = [
    ['[y/N] ', () => answer(child)],
    ['recorder that', () => child.kill('SIGINT')],
  ]
  child.stdout?.on('data', (bytes: Buffer) => {
    process.stdout.write(bytes)
    shown += bytes.toString()
    const [sign, act] = waiting[0] ?? []
    if (sign === undefined || !shown.includes(sign)) return
    waiting.shift()
    act?.()
  })
}

function answer(child: ChildProcess): void {
  process.stdout.write(styled('bold', 'y'))
  child.stdin?.write('y\n')
}

async function show(place: NodePlace, recorded: Recorded): Promise<void> {
  heading('2. What it left behind')
  say(`in ${typed(place.sessions)}\n`)
  showFolder(recorded)
  heading('3. What happened')
  await runTacho(place, ['show', 'last'], command('tacho show last'))
  say()
  await runTacho(place, ['approvals', 'last'], command('tacho approvals last'))
  say()
  await runTacho(place, ['cancellations', 'last'], command('tacho cancellations last'))
  heading('4. Go on from here')
  say(`The session stays in ${typed(place.root)} until the next demo.\n`)
  const tacho = `node_modules/.bin/tacho show last --sessions-dir ${typed(place.sessions)}`
  say(`${styled('dim', '# the same, whenever you like')}\n${command(tacho)}`)
}

function failed({ root, sessions }: NodePlace): number {
  say()
  process.stderr.write(
    `${styled('red', 'The session was not recorded as it should be.')} What there is, is in ${typed(root)}:\n` +
      `  node_modules/.bin/tacho ls --sessions-dir ${typed(sessions)}\n`,
  )
  return 1
}
