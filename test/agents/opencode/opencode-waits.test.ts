import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually } from '../../host/index.js'
import type { ModelRequest } from '../../scripted-model/index.js'
import { opencodePlace } from './place.js'
import { commandOf, hasEnded, processesIn } from './processes.js'
import { PATIENCE, settledScreen } from './settled-screen.js'

type Place = Awaited<ReturnType<typeof opencodePlace>>

/** How long opencode may take to end: longer than a busy machine needs, and no user would wait. */
const TO_END = 30_000
const QUESTION = 'Permission required'
const OPEN = '01'

/** What it prints is in an event each time that it grows: more than two sockets hold. */
const TALKS = 'for i in $(seq 1 2000); do seq 1 500; done; echo all'

// Of ours, opencode waits for nothing but the relay, which is its way to its API. Its events go to
// whoever asks for them, and a reader that hangs must not hold it up. So here its requests lead
// past us: what it does then is up to its events alone.
test.skipIf(!isSoak)(
  'with Tacho stopped, opencode asks, works and ends as it does alone: nothing waits for a reader of its events',
  async () => {
    const run = async (isRecorded: boolean) => {
      await using place = await opencodePlace(says, { config: { permission: { bash: 'ask' } } })
      leadPastUs(place)
      await using terminal = await place[isRecorded ? 'tui' : 'plainTui']()
      const screens: string[] = []
      const look = async (text: string) => {
        const screen = await settledScreen(terminal, text, place.root)
        // What a command prints is above, and how much of it is shown is a matter of chance.
        screens.push(screen.slice(screen.indexOf(text)))
      }
      // Enter is ignored while it starts, and does nothing once the prompt is sent.
      const say = async (text: string, answer: string) => {
        terminal.type(text)
        await eventually(() => expect(terminal.screen).toContain(text), PATIENCE)
        await eventually(async () => {
          terminal.press('Enter')
          await eventually(() => expect(place.model.exchanges.some(asks(text))).toBe(true), 5000)
        }, PATIENCE)
        await look(answer)
      }
      await eventually(() => expect(terminal.screen).toContain('Ask anything'), PATIENCE)
      await say('Begin', 'It has begun.')
      const ours = processesIn(place.home).filter((pid) => commandOf(pid).includes('tacho.js'))
      const opencode = processesIn(place.home).filter((pid) => !ours.includes(pid))
      if (isRecorded) await eventually(() => expect(eventsOf(place)).toContain('session.idle'))
      for (const pid of ours) process.kill(pid, 'SIGSTOP')
      onTestFinished(() => {
        for (const pid of ours) if (!hasEnded(pid)) process.kill(pid, 'SIGKILL')
      })
      await say('Go on', QUESTION)
      await terminal.answer('Enter', QUESTION)
      await look('It is done.')
      if (isRecorded) expect(unreadBytes(opencode)).toBeGreaterThan(0)
      terminal.press('C-c')
      await eventually(() => expect(opencode.filter((pid) => !hasEnded(pid))).toEqual([]), TO_END)
      for (const pid of ours) process.kill(pid, 'SIGCONT')
      const { screen, ...ended } = await terminal.ended()
      return { ...ended, screens: [...screens, farewell(screen)] }
    }
    const [alone, recorded] = [await run(false), await run(true)]
    expect(alone).toMatchObject({ exitCode: 0, hasItsModes: true })
    expect(recorded).toEqual(alone)
  },
  600_000,
)

function asks(text: string) {
  return ({ requestBody }: { requestBody: Buffer }) => requestBody.includes(text)
}

function says({ body }: ModelRequest) {
  const said = JSON.stringify(body.messages)
  if (said.includes('"role":"tool"')) return { text: 'It is done.' }
  if (!said.includes('Go on')) return { text: 'It has begun.' }
  return { calls: [{ name: 'bash', arguments: { command: TALKS, description: 'Talks' } }] }
}

/** Hides the address of its API in a file that only opencode reads. */
function leadPastUs({ home, model }: Place): void {
  const folder = join(home, '.config/opencode')
  const settings = join(folder, 'opencode.json')
  writeFileSync(join(folder, 'address'), model.baseUrl)
  const text = readFileSync(settings, 'utf8')
  writeFileSync(settings, text.replace(model.baseUrl, '{file:./address}'))
}

/**
 * What opencode says when it ends, without the session's id, and without Tacho's word that its
 * requests lead past us. Above it, opencode sometimes prints a stack of its own, alone too.
 */
function farewell(screen: string): string {
  return screen
    .slice(screen.lastIndexOf('Session '))
    .replaceAll(/ses_\w+/g, 'SESSION')
    .replaceAll(/^tacho: .*$/gm, '')
    .trimEnd()
}

function eventsOf(place: Place): string {
  return place.session().text('session_events.log')
}

/** Bytes that opencode has written to its readers, and their sockets could not take. */
function unreadBytes(opencode: readonly number[]): number {
  const ports = opencode.map((pid) => Number(/--port\0(\d+)\0/.exec(commandOf(pid))?.[1]))
  const lines = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1)
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === OPEN && ports.includes(portOf(local)))
    .reduce((sum, [, , , , queues = '']) => sum + Number.parseInt(queues.slice(0, 8), 16), 0)
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(-4), 16)
}
